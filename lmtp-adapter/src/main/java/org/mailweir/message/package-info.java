/** What travels: addresses, destinations, envelopes and bodies. Knows no protocol and no gate. */
@NullMarked
package org.mailweir.message;

import org.jspecify.annotations.NullMarked;
