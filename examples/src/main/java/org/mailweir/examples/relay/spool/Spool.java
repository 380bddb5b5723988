package org.mailweir.examples.relay.spool;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.mailweir.message.Body;

/**
 * Keeps accepted mail until it is delivered or given up. What a method has returned from is
 * durable: it survives {@code kill -9} and a loss of power.
 *
 * <p>The unit of work is the {@link Entry}: the recipients of one message at one destination. A
 * message with recipients at three destinations has three entries, which share one body.
 *
 * <p>An entry belongs to a relay from the moment when {@link #add}, {@link #settle} or {@link
 * #claim} has returned it. The relay opens it, tries it, settles it, and so on until nobody is
 * left. Calls for an entry that is gone meanwhile, or that belongs to another relay by now, are no
 * errors: they find nothing and change nothing.
 *
 * <p><b>Several relays on one store.</b> The interface is made so that they can share one, with no
 * call added. A relay has a lease on the store, which the implementation renews on a thread of its
 * own, and each entry has the relay that it belongs to. {@code claim} takes entries that belong to
 * nobody, or to a relay whose lease has ended: this is how a dead relay's work is taken over, and
 * why a relay claims again from time to time and not at its start only. {@code open} finds nothing
 * and {@code settle} changes nothing where the relay's own lease has ended: the check is part of
 * the transaction, so that a relay that was stopped for minutes and wakes up cannot undo what
 * another did since. What it has sent meanwhile is sent twice: the one duplicate that cannot be
 * avoided, as with an answer that is lost. Ids come from a sequence of the store. {@code list},
 * {@code remove} and {@code totals} tell of the whole store.
 *
 * <p>Thread safety: all methods may be called by any thread. They block until the disk has
 * answered; calls of several threads share its answers.
 */
public interface Spool extends AutoCloseable {
  /**
   * Takes a message. All of it is there when this returns, nothing of it when it throws; but where
   * the disk failed while it was asked to keep it, the message may still be there after the next
   * start.
   *
   * @param body stays the caller's
   * @return its entries, one a destination, in the order of the recipients
   * @throws SpoolException if it could not be made durable; its kind says whether for want of space
   */
  List<Entry> add(Accepted message, Body body) throws SpoolException;

  /**
   * Takes entries over that belong to no relay: after a start all that the spool holds, later those
   * of relays that have died. Call it until it returns nothing, and again from time to time. New
   * mail may be added meanwhile: no entry is returned twice, nor one that {@link #add} or {@link
   * #settle} has returned.
   *
   * @param limit how many at most, above 0
   * @return ascending by id; empty if there is none
   */
  List<Entry> claim(int limit) throws SpoolException;

  /**
   * Opens an entry for an attempt. A message that cannot be read, or whose body is not what was
   * accepted, is set aside where an operator can look at it, and is gone from the spool.
   *
   * @return empty if there is none: settled, removed by hand, set aside, or another relay's
   */
  Optional<Letter> open(long entry) throws SpoolException;

  /**
   * Records what came of an attempt, in one step: recipients that are done leave the entry, the
   * notifications that follow from it are added, and what is left has a new due time. An entry
   * without recipients is gone, a message without entries too. A spool that takes no more mail
   * settles all the same: room is kept for that.
   *
   * @return what is left; nothing if there was no such entry, whose notifications are not added
   *     then
   */
  Settled settle(long entry, Settlement settlement) throws SpoolException;

  /**
   * Removes entries without a word to their senders; all of them or, if it throws, none.
   *
   * @param entries ids, at most a few thousand in one call
   * @return how many were there
   */
  int remove(Collection<Long> entries) throws SpoolException;

  /**
   * Returns what an operator asks for, oldest first, each entry at most once. The page that follows
   * is {@code query.after(id of the last)}.
   *
   * @param limit how many at most, above 0
   */
  List<Envelope> list(Query query, int limit) throws SpoolException;

  /** Returns how much there is. Costs next to nothing and never blocks on the disk for long. */
  SpoolTotals totals();

  /** Closes the store; calls under way end first, later ones fail. */
  @Override
  void close() throws SpoolException;
}
