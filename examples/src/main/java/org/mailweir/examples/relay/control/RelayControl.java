package org.mailweir.examples.relay.control;

import java.util.List;
import org.mailweir.examples.relay.spool.Envelope;
import org.mailweir.examples.relay.spool.Query;
import org.mailweir.examples.relay.spool.SpoolException;
import org.mailweir.message.Destination;

/**
 * What an operator needs of a running relay beside its gate, which is asked and told directly. All
 * counts are of entries: the recipients of one message at one destination.
 *
 * <p>Thread safety: all methods may be called by any thread, and none blocks for long.
 */
public interface RelayControl {
  /** Returns the totals of the queue. */
  Totals totals();

  /**
   * Returns the destinations with the most mail, most first, those under way included.
   *
   * @param limit most to return, at least 1
   */
  List<Depth> deepest(int limit);

  /** Returns how much mail a destination has, what is under way included. */
  int depth(Destination destination);

  /** Returns under which name the gate knows a destination: its site's, or its own. */
  Destination site(Destination destination);

  /**
   * Returns what the spool lists, oldest first.
   *
   * @param limit most to return, at least 1
   */
  List<Envelope> list(Query query, int limit) throws SpoolException;

  /** Makes all mail due now; suspended destinations are probed first. */
  void flush();

  /** Makes the mail of a destination, and of its site, due now; probed first if suspended. */
  void flush(Destination destination);

  /**
   * Gives mail up now: its senders are told as if its lifetime were over.
   *
   * @param limit most entries to give up, oldest first; call again until nothing is done
   */
  Withdrawal expire(Query query, int limit) throws SpoolException;

  /**
   * Deletes mail; nobody is told.
   *
   * @param limit most entries to delete, oldest first; call again until nothing is done
   */
  Withdrawal remove(Query query, int limit) throws SpoolException;

  /**
   * The queue as a whole.
   *
   * @param entries in the spool, those under way included
   * @param destinations with mail
   * @param due how many of the entries wait for their destination or their turn only
   */
  record Totals(long entries, int destinations, int due) {}

  /**
   * How much mail a destination has.
   *
   * @param entries at least 1
   */
  record Depth(Destination destination, int entries) {}

  /**
   * What became of entries that were to be given up or deleted.
   *
   * @param done entries that are gone
   * @param underWay entries left alone because a delivery of theirs is under way
   */
  record Withdrawal(int done, int underWay) {}
}
