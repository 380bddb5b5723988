package org.mailweir.core;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Decides who may deliver now: refuses at once what would fail, holds for a short while what will
 * soon succeed, so that mail to healthy destinations never waits behind dead ones.
 *
 * <p>The gate has no thread and no clock of its own. The embedder calls {@link #advance} every 10
 * ms or so, and then takes the due {@linkplain #pollProbe probes}. All decisions use the time of
 * the last advance, and so do the times of deliveries that it measures: who advances only when
 * {@linkplain #nextDue something is due} advances before each call, too.
 *
 * <p>An admission through the gate itself is a {@linkplain #begin transaction} of its own.
 *
 * <p>Thread safety: all methods may be called by any thread. No lock is held while callbacks run or
 * while a caller waits.
 *
 * @param <D> destination: the next hop as delivered to; needs {@code equals} and {@code hashCode}
 */
public interface DestinationGate<D> extends Admitter<D>, AutoCloseable {
  /**
   * Begins a transaction for a message whose size is not known; it counts in no byte budget. See
   * {@link #begin(long)}.
   *
   * @return the transaction, to be closed
   */
  default Transaction<D> begin() {
    return begin(0);
  }

  /**
   * Begins a transaction: the admissions that one client asks for. It holds nothing yet.
   *
   * @param bytes the message's size, not negative; 0 if it is not known, and more than 2^40 counts
   *     as that. Each delivery of the transaction counts that many bytes in flight, from its start
   *     until it is settled, detached or requeued.
   * @return the transaction, to be closed
   * @throws IllegalArgumentException if the size is negative
   */
  Transaction<D> begin(long bytes);

  /**
   * Suspends a destination by hand: all its mail, waiting mail included, is refused with {@link
   * Refusal.Reason#BY_HAND} until the time is over or {@link #resume}. Its standing stays as it is,
   * deliveries under way go on, and so do the probes of a standing that has some. A later call
   * takes the place of an earlier one.
   *
   * @param destination known to the gate or not
   * @param time for how long from the last {@link #advance} on; above 0, at most 365 days
   * @param reason in words, told with each refusal; may be empty
   * @return false if the gate is closed, or its table has no room for the destination
   * @throws IllegalArgumentException if the time is out of range
   */
  boolean suspend(D destination, Duration time, String reason);

  /**
   * Ends a suspension by hand; returns whether there was one.
   *
   * @param destination known to the gate or not
   * @return whether it was suspended by hand
   */
  boolean resume(D destination);

  /**
   * Moves the gate's time to {@code now} and does what is due, at most {@code limit} steps of it.
   *
   * @param now reading of the {@link TimeSource}; an earlier one than before is taken for the
   *     former
   * @param limit most steps, at least 1; a step fires one timer, or moves one nearer
   * @return how many steps were made; if as many as {@code limit}, more may be due
   * @throws IllegalArgumentException if the limit is below 1
   */
  int advance(long now, int limit);

  /**
   * {@return the reading of the {@link TimeSource} at which the next {@link #advance} has work, at
   * the latest; {@code Long.MAX_VALUE} nanoseconds after the last advance if nothing is planned}
   */
  long nextDue();

  /** {@return a probe that is due, within the limits on probes at once and per second, if any} */
  Optional<Probe<D>> pollProbe();

  /**
   * {@return what is known of a destination, if it is in the table}
   *
   * @param destination which one
   */
  Optional<DestinationStatus<D>> status(D destination);

  /**
   * {@return the destinations with the most in flight, waiting and detached, then the most refused,
   * at most {@code n}; idle ones come last} Looks at the whole table under the gate's lock: for
   * people, not for each delivery.
   *
   * @param n most to return, {@code Integer.MAX_VALUE} for all; none if it is negative
   */
  List<DestinationStatus<D>> busiest(int n);

  /** {@return the totals} */
  GateStats stats();

  /**
   * Returns what it would have done, if it is in {@linkplain GateBuilder#shadow shadow mode}; empty
   * if it is not.
   *
   * @return those counts, if the gate is in shadow mode
   */
  default Optional<ShadowStats> shadow() {
    return Optional.empty();
  }

  /**
   * Returns what is known of the destinations that are not new, to be kept over a restart. It holds
   * up nobody, however many they are: they are taken down a few at a time.
   *
   * @return one of each, the one unused for longest first; none if the gate keeps nothing
   */
  default List<DestinationMemory<D>> memories() {
    return List.of();
  }

  /**
   * Begins with what another gate has known, before anything else is asked of this one. What has
   * become too old to say anything is left out. Probes whose time has passed are spread over the
   * budget. The listener hears of suspensions by hand alone.
   *
   * @param known in the order of {@link #memories}, each {@linkplain DestinationMemory#aged aged}
   *     by the time in between; where the table has no room for all, the last ones are kept
   * @return how many destinations it knows then
   * @throws IllegalStateException if it knows any already
   */
  default int restore(List<DestinationMemory<D>> known) {
    return 0;
  }

  /**
   * Refuses all waiting and all later admissions with {@link Refusal.Reason#CLOSED}. Permits in
   * flight stay valid and are settled as usual. The gate's {@link Backlog}, if it has one, is
   * closed with it, and hands back what it holds.
   */
  @Override
  void close();

  /**
   * {@return a builder with the defaults of the policy}
   *
   * @param <D> destination
   */
  static <D> GateBuilder<D> builder() {
    return new GateBuilder<>();
  }
}
