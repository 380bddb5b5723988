package org.mailweir.examples.relay.spool;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.mailweir.message.Body;

/**
 * Keeps accepted mail until it is delivered or given up. What a method has returned from is
 * durable: it survives {@code kill -9} and a loss of power.
 *
 * <p>The unit of work is the {@link Entry}: the recipients of one message at one destination. A
 * message with recipients at three destinations has three entries, which share one body.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public interface Spool extends AutoCloseable {
  /**
   * Takes a message. All of it is there when this returns, nothing of it when it throws.
   *
   * @param body stays the caller's
   * @return its entries, one a destination
   * @throws SpoolException if it could not be made durable; its kind says whether for want of space
   */
  List<Entry> add(Accepted message, Body body) throws SpoolException;

  /** Hands over every entry, as after a start: in no order, while nothing else is called. */
  void forEach(Consumer<Entry> action) throws SpoolException;

  /**
   * Opens an entry for an attempt.
   *
   * @return empty if there is none: settled, or removed by hand
   */
  Optional<Letter> open(long entry) throws SpoolException;

  /**
   * Records what came of an attempt, in one step: recipients that are done leave the entry, the
   * notifications that follow from it are added, and what is left has a new due time. An entry
   * without recipients is gone, a message without entries too.
   *
   * @return the entries of the notifications
   */
  List<Entry> settle(long entry, Settlement settlement) throws SpoolException;

  /** Returns what an operator asks for, at most {@code limit} entries, oldest first. */
  List<Listed> list(Query query, int limit) throws SpoolException;

  /** Closes the store; calls under way end first, later ones fail. */
  @Override
  void close() throws SpoolException;
}
