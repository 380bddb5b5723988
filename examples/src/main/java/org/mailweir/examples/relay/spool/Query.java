package org.mailweir.examples.relay.spool;

import java.util.Optional;
import org.mailweir.message.Destination;

/**
 * What an operator looks for: entries for which all of this holds.
 *
 * @param destination only entries of this one
 * @param queueId only entries of the message with this id
 * @param sender only entries with this reverse path, to the letter
 * @param after only entries with a higher id; 0 for all
 */
public record Query(
    Optional<Destination> destination,
    Optional<String> queueId,
    Optional<String> sender,
    long after) {
  private static final Query ALL =
      new Query(Optional.empty(), Optional.empty(), Optional.empty(), 0);

  /** Returns the query for everything. */
  public static Query all() {
    return ALL;
  }

  /** Returns this query for one destination only. */
  public Query destination(Destination only) {
    return new Query(Optional.of(only), queueId, sender, after);
  }

  /** Returns this query for one message only. */
  public Query queueId(String only) {
    return new Query(destination, Optional.of(only), sender, after);
  }

  /** Returns this query for one reverse path only. */
  public Query sender(String only) {
    return new Query(destination, queueId, Optional.of(only), after);
  }

  /** Returns this query for the page that follows an entry. */
  public Query after(long entry) {
    return new Query(destination, queueId, sender, entry);
  }
}
