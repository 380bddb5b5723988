package org.mailweir.examples.relay.spool;

import java.time.Instant;
import org.mailweir.message.Destination;

/**
 * The recipients of one message at one destination, as the queue needs it.
 *
 * @param id unique for ever, ascending
 * @param due when it is to be tried next; {@code arrived} if it never was
 * @param expires when it is given up
 * @param attempts how often it was tried
 */
public record Entry(
    long id,
    Destination destination,
    Instant arrived,
    Instant due,
    Instant expires,
    int attempts) {}
