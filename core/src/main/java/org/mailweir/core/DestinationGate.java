package org.mailweir.core;

import java.util.List;
import java.util.Optional;

/**
 * Decides who may deliver now: refuses at once what would fail, holds for a short while what will
 * soon succeed, so that mail to healthy destinations never waits behind dead ones.
 *
 * <p>The gate has no thread and no clock of its own. The embedder calls {@link #advance} every 10
 * ms or so, and then takes the due {@linkplain #pollProbe probes}. All decisions use the time of
 * the last advance.
 *
 * <p>An admission through the gate itself is a {@linkplain #begin transaction} of its own.
 *
 * <p>Thread safety: all methods may be called by any thread. No lock is held while callbacks run or
 * while a caller waits.
 *
 * @param <D> destination: the next hop as delivered to; needs {@code equals} and {@code hashCode}
 */
public interface DestinationGate<D> extends Admitter<D>, AutoCloseable {
  /** Begins a transaction: the admissions that one client asks for. It holds nothing yet. */
  Transaction<D> begin();

  /**
   * Moves the gate's time to {@code now} and does what is due, at most {@code limit} steps of it.
   *
   * @param now reading of the {@link TimeSource}; an earlier one than before is taken for the
   *     former
   * @param limit most steps, at least 1; a step fires one timer, or moves one nearer
   * @return how many steps were made; if as many as {@code limit}, more may be due
   */
  int advance(long now, int limit);

  /**
   * Returns the reading of the {@link TimeSource} at which the next {@link #advance} has work, at
   * the latest; {@code Long.MAX_VALUE} nanoseconds after the last advance if nothing is planned.
   */
  long nextDue();

  /** Returns a probe that is due, within the limits on probes at once and per second, if any. */
  Optional<Probe<D>> pollProbe();

  /** Returns what is known of a destination, if it is in the table. */
  Optional<DestinationStatus<D>> status(D destination);

  /** Returns the destinations with the most in flight, waiting and refused, at most {@code n}. */
  List<DestinationStatus<D>> busiest(int n);

  /** Returns the totals. */
  GateStats stats();

  /**
   * Refuses all waiting and all later admissions with {@link Refusal.Reason#CLOSED}. Permits in
   * flight stay valid and are settled as usual.
   */
  @Override
  void close();

  /** Returns a builder with the defaults of the policy. */
  static <D> GateBuilder<D> builder() {
    return new GateBuilder<>();
  }
}
