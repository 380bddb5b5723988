/** Tries what the spool holds, when it is due and permitted, and records what came of it. */
@NullMarked
package org.mailweir.examples.relay.outbound;

import org.jspecify.annotations.NullMarked;
