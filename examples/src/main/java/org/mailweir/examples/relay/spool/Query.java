package org.mailweir.examples.relay.spool;

import java.util.Optional;
import org.mailweir.message.Destination;

/**
 * What an operator looks for.
 *
 * @param destination only entries of this one
 * @param queueId only entries of the message with this id
 */
public record Query(Optional<Destination> destination, Optional<String> queueId) {}
