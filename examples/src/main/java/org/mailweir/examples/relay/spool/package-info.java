/** Keeps the relay's mail over restarts and crashes. */
@NullMarked
package org.mailweir.examples.relay.spool;

import org.jspecify.annotations.NullMarked;
