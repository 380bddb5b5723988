/** A store-and-forward relay built on the library. */
@NullMarked
package org.mailweir.examples.relay;

import org.jspecify.annotations.NullMarked;
