/**
 * Takes mail in: what the server hands over is stamped and spooled, and only then acknowledged.
 * Knows nothing of what is done with it afterwards.
 */
@NullMarked
package org.mailweir.examples.relay.intake;

import org.jspecify.annotations.NullMarked;
