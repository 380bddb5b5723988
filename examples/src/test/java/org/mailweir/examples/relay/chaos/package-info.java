/** The whole relay: among hosts that fail, killed, and beside Postfix. */
@NullMarked
package org.mailweir.examples.relay.chaos;

import org.jspecify.annotations.NullMarked;
