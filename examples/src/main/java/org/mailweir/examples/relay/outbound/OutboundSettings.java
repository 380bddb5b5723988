package org.mailweir.examples.relay.outbound;

import java.time.Duration;
import org.mailweir.core.RetrySchedule;

/**
 * The times that outbound mail keeps.
 *
 * @param retry when a message is tried again that a host put off, or that met a passing failure
 * @param longestDelay the longest delay of that schedule; no message found in the spool at a start
 *     waits longer than this, whatever the clock says
 * @param lastChance what is left to a message at least that is found in the spool at a start: one
 *     whose time ended while nobody could try it is tried once more
 * @param hold how long an attempt may take to connect before it goes on without the message
 * @param readyWithin how long it may take until it is ready for MAIL, likewise
 * @param deadline longest time for the transmission of one message; up to then an attempt that is
 *     past its final dot is waited for
 */
public record OutboundSettings(
    RetrySchedule retry,
    Duration longestDelay,
    Duration lastChance,
    Duration hold,
    Duration readyWithin,
    Duration deadline) {}
