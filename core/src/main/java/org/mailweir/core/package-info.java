/**
 * Queue-scheduling and backpressure primitives for mail transports.
 *
 * <p>Three primitives stand alone: {@link org.mailweir.core.RetrySchedule} (when to try again),
 * {@link org.mailweir.core.ConcurrencyLimiter} (global permits, with shares that a class of work
 * may not exceed) and {@link org.mailweir.core.DestinationDepths} (in flight and waiting per
 * destination). {@link org.mailweir.core.DestinationGate} is composed of them and decides who may
 * deliver now; {@link org.mailweir.core.Backlog} keeps the mail of those who own their queue, and
 * hands it out when it is due and the gate permits it.
 *
 * <p>Nothing here starts a thread, reads a clock but the injected {@link
 * org.mailweir.core.TimeSource}, draws a random number but from the injected generator, or logs.
 *
 * <p>No argument may be null, and no result is, unless it says {@code @Nullable}: what is absent is
 * an empty {@code Optional}. A null argument ends in a {@code NullPointerException}, one out of its
 * range in an {@code IllegalArgumentException}; nothing has changed then.
 */
@NullMarked
package org.mailweir.core;

import org.jspecify.annotations.NullMarked;
