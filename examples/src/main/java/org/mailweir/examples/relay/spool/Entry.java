package org.mailweir.examples.relay.spool;

import java.time.Instant;
import org.mailweir.message.Destination;

/**
 * The recipients of one message at one destination, as the queue needs it. What is to be kept in
 * memory for a million of them is the id alone: {@link Spool#open} tells the rest again.
 *
 * @param id unique for ever, ascending, above 0
 * @param due when it is to be tried next; {@code arrived} if it never was
 * @param expires when it is given up
 * @param attempts how often it was tried
 * @param warned whether the sender was told of the delay
 */
public record Entry(
    long id,
    Destination destination,
    Instant arrived,
    Instant due,
    Instant expires,
    int attempts,
    boolean warned) {}
