/**
 * HTTPS towards hosts that the DNS names: one client of a library, with our resolver and limits.
 */
@NullMarked
package org.mailweir.https;

import org.jspecify.annotations.NullMarked;
