/** Each primitive of the core by itself, in about twelve lines. */
@NullMarked
package org.mailweir.examples.primitives;

import org.jspecify.annotations.NullMarked;
