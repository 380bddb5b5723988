/** Which destinations are one: domains whose mail goes to the same hosts. */
@NullMarked
package org.mailweir.site;

import org.jspecify.annotations.NullMarked;
