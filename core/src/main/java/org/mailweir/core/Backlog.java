package org.mailweir.core;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;

/**
 * Keeps the mail of a transport that owns its queue, millions of messages, and hands each one out
 * when it is due and its {@link DestinationGate} permits it.
 *
 * <p>A message of a healthy destination waits for its own time. The messages of a suspended one
 * wait for the destination, which only its probe tries; when it answers they are due at once, and
 * leave at the pace that its window allows. So is all mail that is due at one moment, after a
 * restart or a {@linkplain #flush() flush}, spread by what its destinations and the gate take, not
 * by timers. Destinations take turns, one message each, and mail never tried goes first.
 *
 * <pre>{@code
 * DestinationGate<String> gate = DestinationGate.<String>builder().build();
 * Backlog<String, Mail> backlog = Backlog.<String, Mail>builder(gate).build();
 * ticker.scheduleAtFixedRate(() -> {                       // each 10 ms
 *   gate.advance(System.nanoTime(), 1000);
 *   backlog.advance(System.nanoTime(), 1000);
 *   gate.pollProbe().ifPresent(prober::start);
 * }, 10, 10, MILLISECONDS);
 * backlog.submit("example.org", mail);                     // never tried: due at once
 * Dispatch<String, Mail> next = backlog.take();
 * if (next instanceof Dispatch.Permitted<String, Mail> due) {
 *   Outcome outcome = deliver(due.message());
 *   due.permit().settle(outcome);                          // before it is deferred again
 *   if (outcome != DELIVERED) backlog.defer(due.destination(), due.message(), delay);
 * } else if (next instanceof Dispatch.Expired) bounce(next.message());
 * else keep(next.message());                               // Returned: the backlog was closed
 * }</pre>
 *
 * <p>Its time is that of the last {@link #advance}: delays and lifetimes begin there.
 *
 * <p>Thread safety: all methods may be called by any thread. No lock is held while a callback runs
 * or while a caller waits.
 *
 * @param <D> destination: the gate's; needs {@code equals} and {@code hashCode} that do not change
 * @param <M> message: what it is matters to the embedder only
 */
public interface Backlog<D, M> extends AutoCloseable {
  /*
   * # States of a message
   *
   *   WAITING   for its own time. In the list of its site; its timer is its due time, or its end if
   *             that comes first.
   *   QUEUED    due. In a lane of its site (fresh, retried); its timer is its end.
   *   EXPIRED   in the list of those whose life is over. No timer.
   *   GONE      handed out or cancelled. The ticket may live on; the message is let go of, and its
   *             place is free for another one.
   *
   *   new     -> WAITING    deferred, and the destination is not suspended
   *           -> QUEUED     submitted; or deferred with no delay, or to a suspended destination
   *           -> EXPIRED    with no life left
   *   WAITING -> QUEUED     due
   *           -> EXPIRED    life over before that
   *   QUEUED  -> EXPIRED    life over
   *   any but GONE -> GONE  handed out, cancelled, returned after close
   *
   * A flush changes no message: it moves the mark of its site up to which those that wait may go too.
   *
   * # States of a lane
   *
   *   idle      no due mail
   *   ready     in the ring of its kind, fresh or retried
   *   shut out  refused for want of what all sites share; in the line of that reason, until a scout
   *             is sent (see BacklogRounds)
   *   parked    its site was refused for its own sake: suspended, window full ...; in no ring, until
   *             the gate tells (see Doorbell)
   *
   * What is admitted is not a message but a lane: whichever message heads it goes with the permit.
   *
   * # No work in vain
   *
   * A refused lane asks again only when it was told that something has changed, or a timer of its site
   * (30 s, or the next probe if that is later) or of all that are shut out (1 s) says that nobody has
   * told for long. To lose no change between refusal and parking: the watch is set first, the gate
   * looked at once more under its own lock; and it tells by a call that needs the backlog's lock, so
   * not before the lane is parked. A million messages of a suspended destination are one timer and no
   * work.
   *
   * # Invariants (BacklogAudit)
   *
   * Each message is in exactly one list. waiting + queued + lapsed = size <= maxMessages. A lane is in
   * at most one ring; it is in one if it has due mail and its site is not parked. A parked
   * site has its timer; while lanes are shut out for a reason there is a scout of theirs or the timer.
   * A site is in the table while it has mail.
   *
   * # Cost
   *
   * submit, defer, cancel, expiry, flush of a destination: O(1), whatever falls into one tick. poll:
   * O(1) a message that it hands out, and at most 64 refusals a call. advance: at most limit steps.
   * flush of all: O(destinations), in steps of 64. 43 B a message (see BacklogPlaces and
   * BacklogSlots), 24 B more for a ticket that is kept, about 300 B a destination with mail, 70 KB.
   *
   * # Locking
   *
   * One lock, held while the gate is asked, as two threads could not ask it at once anyway. Order: this
   * lock, then the gate's. What the gate has to tell is told when this one is free again.
   */

  /**
   * Adds a message that was never tried, due at once, for the builder's lifetime.
   *
   * @param destination where it is to go
   * @param message what is handed out
   * @return its ticket, to cancel it
   * @throws RejectedExecutionException if the backlog is full or closed
   */
  Ticket submit(D destination, M message);

  /**
   * Adds a message that was never tried, due at once.
   *
   * @param destination where it is to go
   * @param message what is handed out
   * @param lifetime until it expires; expired already if not above 0, at most two years
   * @return its ticket, to cancel it
   * @throws RejectedExecutionException if the backlog is full or closed
   * @throws IllegalArgumentException if the lifetime is more than two years
   */
  Ticket submit(D destination, M message, Duration lifetime);

  /**
   * Adds a message to be tried again, for the builder's lifetime.
   *
   * @param destination where it is to go
   * @param message what is handed out
   * @param delay before it is due; see {@link #defer(Object, Object, Duration, Duration)}
   * @return its ticket, to cancel it
   * @throws RejectedExecutionException if the backlog is full or closed
   * @throws IllegalArgumentException if the delay is more than two years
   */
  Ticket defer(D destination, M message, Duration delay);

  /**
   * Adds a message to be tried again. If its destination is suspended it waits for that instead of
   * the delay; so settle the permit of the attempt that failed before.
   *
   * @param destination where it is to go
   * @param message what is handed out
   * @param delay before it is due, from the last {@link #advance} on; due at once, or overdue, if
   *     not above 0; up to about a second more; at most two years
   * @param lifetime until it expires, up to about a second more; expired already if not above 0, at
   *     most two years
   * @return its ticket, to cancel it
   * @throws RejectedExecutionException if the backlog is full or closed
   * @throws IllegalArgumentException if the delay or the lifetime is more than two years
   */
  Ticket defer(D destination, M message, Duration delay, Duration lifetime);

  /**
   * {@return the next message that is permitted, expired or, after close, returned} Never blocks.
   * Empty if there is none for now; {@link BacklogBuilder#onReady} is called when there may be one.
   */
  Optional<Dispatch<D, M>> poll();

  /**
   * Waits for the next message that is permitted, expired or, after close, returned. Somebody else
   * has to {@link #advance} meanwhile. Must not be called from a callback, of the gate either.
   *
   * @return the message, and what is to be done with it
   * @throws InterruptedException if interrupted before there is one; nothing is lost
   * @throws IllegalStateException if the backlog was closed and all of it was returned
   */
  Dispatch<D, M> take() throws InterruptedException;

  /**
   * Moves the time to {@code now} and makes due what is due, in at most {@code limit} steps. Call
   * it as often as the gate's, every 10 ms or so; or when {@link #nextDue} has come, and then
   * always before mail is added, too, as its delay and its lifetime begin at the last call.
   *
   * @param now reading of the gate's {@link TimeSource}; an earlier one than before is taken for
   *     the former
   * @param limit most steps, at least 1; a step makes one message due or expired, or moves one
   *     nearer
   * @return how many steps were made; if as many as {@code limit}, more may be due
   * @throws IllegalArgumentException if the limit is below 1
   */
  int advance(long now, int limit);

  /**
   * {@return the reading of the {@link TimeSource} at which the next {@link #advance} or {@link
   * #poll} has work, at the latest; the time of the last advance if there is some now, {@code
   * Long.MAX_VALUE} nanoseconds after it if nothing is planned} The gate has times of its own.
   */
  long nextDue();

  /** Makes the mail of all destinations due now; suspended ones are probed first. */
  void flush();

  /**
   * Makes the mail of a destination due now; if it is suspended it is probed first, and soon.
   *
   * @param destination whose mail it is; one without mail is no error
   */
  void flush(D destination);

  /**
   * {@return how many messages of a destination are in the backlog}
   *
   * @param destination whose mail is counted
   */
  int pending(D destination);

  /** {@return the totals} */
  BacklogStats stats();

  /**
   * Takes no more mail, and hands the rest back: each {@link #poll} or {@link #take} returns one
   * message that was left, until there is none. Permits handed out stay valid; the gate stays open.
   * To close the gate closes its backlog.
   */
  @Override
  void close();

  /**
   * Returns a builder.
   *
   * @param <D> destination
   * @param <M> message
   * @param gate made by {@link DestinationGate#builder}; one backlog a gate
   * @return a builder with the defaults
   * @throws IllegalArgumentException if the gate was made otherwise, or is in shadow mode
   */
  static <D, M> BacklogBuilder<D, M> builder(DestinationGate<D> gate) {
    if (gate instanceof PolicyGate<D> policyGate) {
      return new BacklogBuilder<>(policyGate);
    }
    if (gate instanceof ShadowGate<D>) {
      throw new IllegalArgumentException(
          "gate: in shadow mode, which refuses nothing, so that a backlog would hold nothing;"
              + " poll your own queue meanwhile, or build the gate without shadow(true)");
    }
    throw new IllegalArgumentException(
        "gate: made by DestinationGate.builder(), not " + gate.getClass());
  }
}
