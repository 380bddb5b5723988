package org.mailweir.core;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link DestinationGate}. All settings have the defaults of the policy.
 *
 * <p>Thread safety: none; build on one thread.
 *
 * @param <D> destination; needs {@code equals} and {@code hashCode}
 */
public final class GateBuilder<D> {
  int clients = 100;
  int maxInFlight;
  Duration patience = Duration.ofSeconds(30);
  int maxDestinations = 65_536;
  double probesPerSecond = 5;
  int maxProbes = 200;
  Duration probeLease = Duration.ofMinutes(10);
  int maxDetached = 500;
  TimeSource timeSource = System::nanoTime;
  @Nullable RandomGenerator random;
  GateListener<D> listener = new GateListener<>() {};
  @Nullable RetrySchedule probeSchedule;
  @Nullable Function<? super D, Optional<Rate>> rate;
  long maxBytes = ByteBudget.UNLIMITED;
  @Nullable ToLongFunction<? super D> maxBytesPerDestination;
  boolean shadow;

  GateBuilder() {}

  /**
   * Sets M, the clients in all (Postfix's maxproc, or the deliveries that you let run at once); at
   * least 10, default 100. All shares follow; they are with the {@linkplain Refusal.Reason reasons}
   * of refusals.
   *
   * @param clients at least 10
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public GateBuilder<D> clients(int clients) {
    this.clients = atLeast(10, clients, "clients");
    return this;
  }

  /**
   * Sets the most deliveries in flight at once, over all clients; default 10 x clients.
   *
   * @param maxInFlight at least 1
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public GateBuilder<D> maxInFlight(int maxInFlight) {
    this.maxInFlight = atLeast(1, maxInFlight, "maxInFlight");
    return this;
  }

  /**
   * Sets the longest expected wait for which a delivery is admitted; default 30 s.
   *
   * @param patience above 0, at most a day
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public GateBuilder<D> patience(Duration patience) {
    this.patience = positive(patience, "patience");
    return this;
  }

  /**
   * Sets the most destinations that are known at once; default 65,536. Beyond it the one that was
   * unused for longest is forgotten, a suspended one too; where none is idle, mail for one that is
   * not known is refused with {@link Refusal.Reason#TABLE_FULL}.
   *
   * @param maxDestinations at least 1
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public GateBuilder<D> maxDestinations(int maxDestinations) {
    this.maxDestinations = atLeast(1, maxDestinations, "maxDestinations");
    return this;
  }

  /**
   * Sets the waits between probes of one destination; default 30 s doubling to 300 s, jittered.
   *
   * @param probeSchedule asked with the probe's number as attempts, and no age, under the gate's
   *     lock: it must not throw, nor call the gate. Where it gives up, two hours are waited
   * @return this builder
   */
  public GateBuilder<D> probeSchedule(RetrySchedule probeSchedule) {
    this.probeSchedule = requireNonNull(probeSchedule);
    return this;
  }

  /**
   * Sets the budget of probes a second, over all destinations; above 0, default 5.
   *
   * @param probesPerSecond above 0, at most a million
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public GateBuilder<D> probesPerSecond(double probesPerSecond) {
    if (!(probesPerSecond > 0 && probesPerSecond <= 1e6)) {
      throw new IllegalArgumentException(
          "probesPerSecond: " + probesPerSecond + ", must be above 0, at most a million");
    }
    this.probesPerSecond = probesPerSecond;
    return this;
  }

  /**
   * Sets the most probes at once; default 200, and one more to try whether our own network is up.
   *
   * @param maxProbes at least 1
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public GateBuilder<D> maxProbes(int maxProbes) {
    this.maxProbes = atLeast(1, maxProbes, "maxProbes");
    return this;
  }

  /**
   * Sets the time after which a probe that did not report is taken for lost; default 10 min.
   *
   * @param probeLease above 0, at most a day
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public GateBuilder<D> probeLease(Duration probeLease) {
    this.probeLease = positive(probeLease, "probeLease");
    return this;
  }

  /**
   * Sets the most detached attempts at once; default 500.
   *
   * @param maxDetached at least 1
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public GateBuilder<D> maxDetached(int maxDetached) {
    this.maxDetached = atLeast(1, maxDetached, "maxDetached");
    return this;
  }

  /**
   * Sets the rates of destinations, beside their concurrency; default: none has one. A delivery
   * that comes before its time waits as for any other turn, or is refused with {@link
   * Refusal.Reason#RATE}.
   *
   * @param rate asked once when a destination enters the table, under the gate's lock: it must be
   *     quick, and must not call the gate. What it throws, the call throws that asked for the
   *     destination; the destination is not in the table then
   * @return this builder
   */
  public GateBuilder<D> rate(Function<? super D, Optional<Rate>> rate) {
    this.rate = requireNonNull(rate);
    return this;
  }

  /**
   * Sets the most bytes in flight in all: the sizes that were given with {@link
   * DestinationGate#begin(long)} or {@link BacklogBuilder#messageSize}, over all deliveries under
   * way. At least 1; default: no limit. A delivery for which there is no room waits, in its turn,
   * or is refused with {@link Refusal.Reason#BYTES}. A single message larger than the limit goes
   * alone. What has no size counts in no limit, as mail admitted through the gate itself.
   *
   * @param maxBytes at least 1
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public GateBuilder<D> maxBytes(long maxBytes) {
    if (maxBytes < 1) {
      throw new IllegalArgumentException("maxBytes: " + maxBytes + ", must be at least 1");
    }
    this.maxBytes = maxBytes;
    return this;
  }

  /**
   * Sets the most bytes in flight to one destination, likewise; default: no limit.
   *
   * @param maxBytes asked as {@link #rate} is; at least 1, {@link Long#MAX_VALUE} for no limit.
   *     What is below 1 ends in an {@code IllegalArgumentException}, as what it throws does
   * @return this builder
   */
  public GateBuilder<D> maxBytesPerDestination(ToLongFunction<? super D> maxBytes) {
    this.maxBytesPerDestination = requireNonNull(maxBytes);
    return this;
  }

  /**
   * Sets the clock; default {@link System#nanoTime}.
   *
   * @param timeSource whose readings {@link DestinationGate#advance} is given
   * @return this builder
   */
  public GateBuilder<D> timeSource(TimeSource timeSource) {
    this.timeSource = requireNonNull(timeSource);
    return this;
  }

  /**
   * Sets the source of jitter; used under the gate's lock only, so it must be quick and must not
   * call the gate. Default: an unseeded one for each gate.
   *
   * @param random need not be safe for threads; if it is not, each gate needs its own
   * @return this builder
   */
  public GateBuilder<D> random(RandomGenerator random) {
    this.random = requireNonNull(random);
    return this;
  }

  /**
   * Sets who hears of transitions.
   *
   * @param listener called outside every lock
   * @return this builder
   */
  public GateBuilder<D> listener(GateListener<D> listener) {
    this.listener = requireNonNull(listener);
    return this;
  }

  /**
   * Sets shadow mode: the gate decides and counts, and admits at once whatever it has decided, to
   * show what it would do before it does it. What it would have refused or held is in {@link
   * DestinationGate#shadow}, with what became of it; it holds no permit and teaches the gate
   * nothing, as it would have taught nothing. {@link GateStats#refused} counts decisions: what
   * would have waited is in it as {@link Refusal.Reason#CANCELLED}.
   *
   * <p>Suspensions by hand are obeyed all the same, and what was closed stays closed. Memory of
   * failing destinations, probes and windows work as ever, on what the gate would have admitted. A
   * gate in shadow mode has no {@link Backlog}.
   *
   * @param shadow whether to refuse nothing; default false
   * @return this builder
   */
  public GateBuilder<D> shadow(boolean shadow) {
    this.shadow = shadow;
    return this;
  }

  /**
   * Builds the gate; its time begins at the present reading of the time source.
   *
   * @return the gate, which knows no destination yet
   */
  public DestinationGate<D> build() {
    PolicyGate<D> gate = new PolicyGate<>(this);
    return shadow ? new ShadowGate<>(gate) : gate;
  }

  int maxInFlight() {
    return maxInFlight > 0 ? maxInFlight : (int) Math.min(10L * clients, Integer.MAX_VALUE);
  }

  RandomGenerator random() {
    return random != null ? random : new SplittableRandom();
  }

  RetrySchedule probeSchedule() {
    return probeSchedule != null
        ? probeSchedule
        : RetrySchedule.exponential(Duration.ofSeconds(30), Duration.ofMinutes(5))
            .jitter(Jitter.EQUAL)
            .build();
  }

  private static int atLeast(int least, int value, String name) {
    if (value < least) {
      throw new IllegalArgumentException(name + ": " + value + ", must be at least " + least);
    }
    return value;
  }

  private static Duration positive(Duration value, String name) {
    return positive(value, Duration.ofDays(1), name);
  }

  static Duration positive(Duration value, Duration most, String name) {
    if (value.isNegative() || value.isZero() || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          name + ": " + value + ", must be above 0, at most " + most);
    }
    return value;
  }
}
