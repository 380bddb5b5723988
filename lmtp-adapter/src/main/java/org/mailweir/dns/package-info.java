/** Where a destination's mail goes: MX, A and AAAA records, looked up and cached. */
@NullMarked
package org.mailweir.dns;

import org.jspecify.annotations.NullMarked;
