package org.mailweir.examples.relay.outbound;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.mailweir.core.Backlog;
import org.mailweir.core.BacklogStats;
import org.mailweir.core.Dispatch;
import org.mailweir.core.Permit;
import org.mailweir.examples.relay.control.QueueDepths;
import org.mailweir.examples.relay.spool.Entry;
import org.mailweir.examples.relay.spool.Letter;
import org.mailweir.examples.relay.spool.Settled;
import org.mailweir.examples.relay.spool.SpoolException;
import org.mailweir.message.Destination;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue of what the spool holds: each entry waits here for its time, its destination and its
 * turn, is tried, and comes back until nobody is left.
 *
 * <h2>What is kept</h2>
 *
 * Of an entry its number alone: a {@code Long} in the {@link Backlog}, 16 B and the backlog's 43.
 * Addresses, attempts and the body are read from the spool when it has a turn.
 *
 * <h2>Who works on an entry</h2>
 *
 * One at a time: whoever has put its number into {@code claimed}, which is an {@link Attempt}, an
 * expiry, or the operator. An entry that another one works on when its turn comes is put back for
 * ten seconds. One that is gone from the spool is noticed when it is opened, and forgotten.
 *
 * <h2>Threads</h2>
 *
 * One thread takes what has a turn out of the backlog and starts a task for each: there are as many
 * as the gate permits, and 16 for expired mail. What waits has no thread.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class DeliveryQueue {
  /** The most entries: 59 B each, about 240 MB. */
  public static final int MOST = 4_000_000;

  private static final Logger log = LoggerFactory.getLogger(DeliveryQueue.class);
  private static final int UNPERMITTED = 16;
  private static final Duration LATER = Duration.ofSeconds(10);
  private static final Duration UNKNOWN_LIFE = Duration.ofDays(1);
  private static final Duration LONGEST_LIFE = Duration.ofDays(700);

  private final Services services;
  private final Backlog<Destination, Long> backlog;
  private final QueueDepths depths;
  private final OutboundCounts counts = new OutboundCounts();
  private final Settling settling;
  private final Underway underway = new Underway();
  private final Set<Long> claimed = ConcurrentHashMap.newKeySet();
  private final Semaphore unpermitted = new Semaphore(UNPERMITTED);
  private final Thread dispatcher = new Thread(this::dispatch, "relay-dispatcher");

  /** Creates a queue that is empty and stands still. */
  public DeliveryQueue(Services services, QueueDepths depths) {
    this.services = services;
    this.depths = depths;
    backlog = Backlog.<Destination, Long>builder(services.gate()).maxMessages(MOST).build();
    settling = new Settling(services, counts);
    dispatcher.setDaemon(true);
  }

  /** Lets mail out from here on. */
  public void start() {
    dispatcher.start();
  }

  // -- coming in

  /** Takes entries that the spool has just taken. */
  public void accept(Collection<Entry> entries) {
    counts.accepted(entries.size());
    for (Entry entry : entries) {
      depths.entered(entry.destination());
      add(entry);
    }
  }

  /**
   * Takes entries that were found in the spool at a start. Those that are overdue are due now, all
   * of them: they leave as their destinations and the gate take them.
   */
  public void restore(Collection<Entry> entries) {
    for (Entry entry : entries) {
      depths.entered(entry.destination());
      Instant now = services.clock().instant();
      Duration delay =
          least(Duration.between(now, entry.due()), services.settings().longestDelay());
      Duration life = Duration.between(now, entry.expires());
      Duration chance = services.settings().lastChance();
      add(entry, delay, life.compareTo(chance) < 0 ? chance : life);
    }
  }

  /** Returns whether there is room for more mail. */
  public boolean hasRoom() {
    return backlog.stats().pending() < MOST / 2; // what is there already never lacks room
  }

  void add(Entry entry) {
    Instant now = services.clock().instant();
    add(entry, Duration.between(now, entry.due()), Duration.between(now, entry.expires()));
  }

  private void add(Entry entry, Duration delay, Duration life) {
    Destination site = services.sites().of(entry.destination());
    Duration lifetime = least(life, LONGEST_LIFE);
    try {
      if (entry.due().equals(entry.arrived())) {
        backlog.submit(site, entry.id(), lifetime);
      } else {
        backlog.defer(site, entry.id(), least(delay, LONGEST_LIFE), lifetime);
      }
    } catch (RejectedExecutionException refused) {
      leftInSpool(refused);
    }
  }

  private void tryLater(Destination site, long entry) {
    try {
      backlog.defer(site, entry, LATER, UNKNOWN_LIFE);
    } catch (RejectedExecutionException refused) {
      leftInSpool(refused);
    }
  }

  private void leftInSpool(RejectedExecutionException refused) {
    if (backlog.stats().pending() < MOST) {
      log.debug("Left in the spool: {}", refused.getMessage());
    } else {
      log.error("Left in the spool until the next start: {}", refused.getMessage());
    }
  }

  // -- going out

  private void dispatch() {
    try {
      for (Optional<Dispatch<Destination, Long>> next = next(); next.isPresent(); next = next()) {
        begin(next.get());
      }
    } catch (InterruptedException stopping) {
      log.debug("No more mail is let out");
    }
  }

  /** Returns what has a turn; empty when the backlog is closed, and all of it is in the spool. */
  private Optional<Dispatch<Destination, Long>> next() throws InterruptedException {
    try {
      return Optional.of(backlog.take());
    } catch (IllegalStateException closed) {
      return Optional.empty();
    }
  }

  private void begin(Dispatch<Destination, Long> next) throws InterruptedException {
    if (next instanceof Dispatch.Permitted<Destination, Long> due) {
      attempt(due.destination(), due.message(), due.permit());
    } else if (next instanceof Dispatch.Expired<Destination, Long> late) {
      expire(late.destination(), late.message());
    }
  }

  private void attempt(Destination site, long entry, Permit permit) {
    if (!claimed.add(entry)) {
      permit.close();
      tryLater(site, entry);
      return;
    }
    Attempt attempt = new Attempt(this, services, settling, site, entry, permit);
    underway.began(attempt);
    try {
      services.tasks().execute(attempt);
    } catch (RuntimeException | OutOfMemoryError noThread) { // the latter: no native thread
      log.error("No thread for an attempt at {}", site, noThread);
      permit.close();
      failed(site, entry);
      ended(attempt);
    }
  }

  private void expire(Destination site, long entry) throws InterruptedException {
    if (!claimed.add(entry)) {
      tryLater(site, entry);
      return;
    }
    unpermitted.acquire();
    try {
      services.tasks().execute(() -> giveUp(site, entry));
    } catch (RuntimeException | OutOfMemoryError noThread) {
      log.error("No thread to give mail for {} up", site, noThread);
      unpermitted.release();
      failed(site, entry);
    }
  }

  private void giveUp(Destination site, long entry) {
    try {
      giveUp(entry);
      gone(entry);
    } catch (SpoolException failure) {
      log.error("An expired entry could not be read: {}", failure.getMessage());
      failed(site, entry);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error defect) {
      log.error("An entry for {} could not be given up", site, defect);
      failed(site, entry);
    } finally {
      unpermitted.release();
    }
  }

  private boolean giveUp(long entry) throws SpoolException, InterruptedException {
    Optional<Letter> found = services.spool().open(entry);
    if (found.isEmpty()) {
      return false;
    }
    try (Letter letter = found.get()) {
      settled(letter.envelope().entry(), settling.expire(letter));
      return true;
    }
  }

  // -- of attempts

  // Each gives the claim up before the entry is back in the backlog, where it may have its turn at
  // once.

  /** Takes what a settlement has left: the entry itself, and notifications. */
  void settled(Entry entry, Settled settled) {
    claimed.remove(entry.id());
    settled.left().ifPresentOrElse(this::add, () -> depths.left(entry.destination()));
    accept(settled.notices());
  }

  /** Takes an entry back that was not tried, because it belongs to another site by now. */
  void returned(Entry entry) {
    claimed.remove(entry.id());
    add(entry);
  }

  /** Takes an entry back of which nothing new is known, because something broke. */
  void failed(Destination site, long entry) {
    claimed.remove(entry);
    tryLater(site, entry);
  }

  /** Hears that an entry is gone. */
  void gone(long entry) {
    claimed.remove(entry);
  }

  void ended(Attempt attempt) {
    underway.ended(attempt);
  }

  // -- time

  /**
   * Makes due what is due, and lets go what is not ready in time; to be called every 10 ms or so.
   */
  public void advance(int limit) {
    long now = services.time().nanoTime();
    backlog.advance(now, limit);
    underway.watch(now);
  }

  // -- the operator

  /** Makes all mail due now; suspended destinations are probed first. */
  public void flush() {
    backlog.flush();
  }

  /** Makes the mail of a destination, and of its site, due now; probed first if suspended. */
  public void flush(Destination destination) {
    backlog.flush(services.sites().of(destination));
    backlog.flush(destination);
  }

  /** Returns the totals. */
  public BacklogStats stats() {
    return backlog.stats();
  }

  /** Returns what has become of mail. */
  public OutboundCounts counts() {
    return counts;
  }

  /** Returns how many attempts are under way. */
  public int underway() {
    return underway.count();
  }

  /** Returns how many of them are past their final dot: the message may have been taken. */
  public int pastDot() {
    return underway.pastDot();
  }

  /**
   * Gives an entry up as if its time were over.
   *
   * @return whether it was there; false too if it is being worked on
   */
  public Withdrawn expireNow(long entry) throws SpoolException, InterruptedException {
    return withdraw(entry, () -> giveUp(entry));
  }

  /** Deletes an entry; its sender is not told. */
  public Withdrawn remove(Entry entry) throws SpoolException, InterruptedException {
    return withdraw(
        entry.id(),
        () -> {
          boolean gone = services.spool().remove(List.of(entry.id())) > 0;
          if (gone) {
            depths.left(entry.destination());
          }
          return gone;
        });
  }

  /** What became of an entry that was to be withdrawn. */
  public enum Withdrawn {
    DONE,
    /** There is no such entry any more. */
    GONE,
    /** It is being delivered at this moment. */
    UNDER_WAY
  }

  private interface Withdrawal {
    boolean run() throws SpoolException, InterruptedException;
  }

  private Withdrawn withdraw(long entry, Withdrawal work)
      throws SpoolException, InterruptedException {
    if (!claimed.add(entry)) {
      return Withdrawn.UNDER_WAY;
    }
    try {
      return work.run() ? Withdrawn.DONE : Withdrawn.GONE;
    } finally {
      claimed.remove(entry);
    }
  }

  // -- the end

  /**
   * Lets no more mail out, waits for attempts for the grace, ends those that are not past their
   * final dot, and waits for the others' answers. Whatever is not done stays in the spool.
   *
   * @return attempts that were ended
   */
  public int stop(Duration grace) throws InterruptedException {
    backlog.close();
    dispatcher.interrupt();
    dispatcher.join();
    int ended = 0;
    if (!underway.awaitNone(grace)) {
      ended = underway.abortBeforeDot();
      settling.stop();
      underway.awaitDots();
    }
    settling.stop();
    return ended;
  }

  private static Duration least(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
