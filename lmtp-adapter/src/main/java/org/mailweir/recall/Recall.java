package org.mailweir.recall;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.DestinationStatus;
import org.mailweir.core.Refusal;
import org.mailweir.core.Standing;
import org.mailweir.core.TimeSource;
import org.mailweir.message.Destination;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls refused mail back, oldest first, as fast as its site takes it.
 *
 * <p>Five times a second each site that is live or recovering may have as many messages called as
 * it delivers in that time, window / mean time of a delivery, and never more than its room: twice
 * its window, less what is under way, waiting, or called and not here yet. All sites together have
 * {@link #A_SECOND} calls a second; where that is short the sites take turns.
 *
 * <p>If the socket fails, nothing is called for a minute, and it is said once in the log.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class Recall implements RefusedMail {
  /** How often {@link #tick} is to be called. */
  public static final Duration TICK = Duration.ofMillis(200);

  static final int A_SECOND = 50;
  private static final Logger log = LoggerFactory.getLogger(Recall.class);
  private static final int A_TICK = (int) (A_SECOND * TICK.toMillis() / 1000);

  /** Sites that are looked at in one tick though they were not live: 5,000 take 20 s. */
  private static final int OTHERS = 50;

  private static final Duration STUCK = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofSeconds(60);

  private final Path path;
  private final FlushSocket socket;
  private final DestinationGate<Destination> gate;
  private final Executor threads;
  private final TimeSource clock;
  private final Ledger ledger;
  private final AtomicBoolean calling = new AtomicBoolean();

  // Of the round under way; seen by the next one through the flag above.
  private final Set<Destination> live = new LinkedHashSet<>();
  private final Deque<Destination> others = new ArrayDeque<>();

  private final LongAdder calls = new LongAdder();
  private volatile long callingSince;
  private volatile long pauseEnd;
  private volatile boolean failed;

  /**
   * Creates one that has nothing to call.
   *
   * @param path of the flush service's socket, such as {@code /var/spool/postfix/public/flush}
   * @param threads runs the calls of one tick, which block
   */
  public Recall(Path path, DestinationGate<Destination> gate, Executor threads, TimeSource clock) {
    this.path = requireNonNull(path);
    this.gate = requireNonNull(gate);
    this.threads = requireNonNull(threads);
    this.clock = requireNonNull(clock);
    socket = new FlushSocket(path);
    ledger = new Ledger(clock);
    pauseEnd = clock.nanoTime();
  }

  @Override
  public void refused(Destination site, String queueId) {
    ledger.refused(site, queueId);
  }

  @Override
  public void came(String queueId) {
    ledger.came(queueId);
  }

  /** Starts the calls that are due now, and ends one that is stuck. Never blocks. */
  public void tick() {
    long now = clock.nanoTime();
    if (calling.get()) {
      if (now - callingSince > STUCK.toNanos()) {
        socket.hangUp();
      }
      return;
    }
    if (now - pauseEnd < 0 || ledger.size() == 0 || !calling.compareAndSet(false, true)) {
      return;
    }
    callingSince = now;
    try {
      threads.execute(this::round);
    } catch (RejectedExecutionException stopping) {
      calling.set(false);
    }
  }

  /** Returns how many messages were called back in all. */
  public long calls() {
    return calls.sum();
  }

  /** Returns how many messages are remembered. */
  public int remembered() {
    return ledger.size();
  }

  private void round() {
    try {
      int left = A_TICK;
      for (Destination site : candidates()) {
        Optional<DestinationStatus<Destination>> status = gate.status(site).filter(Recall::takes);
        if (status.isEmpty() || !ledger.has(site)) {
          live.remove(site);
          continue;
        }
        int room = Math.min(left, room(status.get()));
        int called = room > 0 ? call(site, ledger.call(site, room)) : 0;
        left -= called;
        if (called > 0) {
          live.remove(site); // and behind those that had no turn
        }
        live.add(site);
      }
    } finally {
      calling.set(false);
    }
  }

  /** Returns the sites that were live last time, and some of the others. */
  private List<Destination> candidates() {
    if (others.isEmpty()) {
      others.addAll(ledger.sites());
    }
    Set<Destination> candidates = new LinkedHashSet<>(live);
    for (int i = 0; i < OTHERS && !others.isEmpty(); i++) {
      candidates.add(others.remove());
    }
    return List.copyOf(candidates);
  }

  private int call(Destination site, Queue<String> queueIds) {
    int called = 0;
    while (!queueIds.isEmpty()) {
      try {
        callingSince = clock.nanoTime();
        socket.call(queueIds.element());
        queueIds.remove();
        calls.increment();
        called++;
        works();
      } catch (IOException failure) {
        ledger.uncall(site, queueIds);
        fails(failure);
        return A_TICK; // nothing more in this round
      }
    }
    return called;
  }

  /** Returns how many more messages a site may have called now. */
  private int room(DestinationStatus<Destination> status) {
    int window = Math.max(1, (int) status.window());
    int onTheirWay = ledger.onTheirWay(status.destination());
    int room = 2 * window - status.inFlight() - status.waiting() - onTheirWay;
    double delivered =
        status.meanDeliveryNanos() == 0
            ? 1
            : (double) window * TICK.toNanos() / status.meanDeliveryNanos();
    return Math.min(room, Math.max(1, (int) delivered));
  }

  /** A window that is full is no obstacle: what comes may wait for its turn. */
  private static boolean takes(DestinationStatus<Destination> status) {
    boolean proven = status.standing() == Standing.LIVE || status.standing() == Standing.RECOVERING;
    return proven
        && status
            .obstacle()
            .map(Refusal::reason)
            .filter(r -> r != Refusal.Reason.LONG_WAIT && r != Refusal.Reason.TIMED_OUT)
            .isEmpty();
  }

  private void works() {
    if (failed) {
      failed = false;
      log.info("Refused mail is called back through {} again", path);
    }
  }

  private void fails(IOException failure) {
    pauseEnd = clock.nanoTime() + PAUSE.toNanos();
    if (!failed) {
      failed = true;
      log.warn(
          "Refused mail cannot be called back through {}: {}. It comes when Postfix retries it."
              + " Does this program's user belong to group postdrop?",
          path,
          failure.toString());
    }
  }
}
