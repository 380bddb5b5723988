package org.mailweir.core;

import static java.util.Objects.requireNonNull;
import static org.mailweir.core.BacklogPlaces.NONE;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.Dispatch.Permitted;
import org.mailweir.core.Doorbell.Cause;
import org.mailweir.core.Refusal.Reason;

/**
 * The backlog: one lock around what it holds, and the order in which the gate is asked.
 *
 * <p>States, invariants and cost are in {@link Backlog}, at its top.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class GatedBacklog<D, M> implements Backlog<D, M> {
  private static final int REFUSALS_A_CALL = 64;
  private static final int ASKS_A_TURN = 3;
  private static final int FLUSHED_A_STEP = 64;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ready = lock.newCondition();
  private final PolicyGate<D> gate;
  private final Doorbell<D> bell;
  private final Runnable toldAll = this::toldAll;
  private final int maxMessages;
  private final long lifetime;
  private final @Nullable ToLongFunction<? super M> messageSize;
  private final BacklogTotals totals = new BacklogTotals();
  private final Wakeup wakeup;
  final BacklogStock<D, M> stock;

  private int takers;
  private boolean closed;

  GatedBacklog(BacklogBuilder<D, M> builder) {
    gate = builder.gate;
    bell = builder.gate.doorbell;
    maxMessages = builder.maxMessages;
    lifetime = builder.lifetime.toNanos();
    messageSize = builder.messageSize;
    wakeup = new Wakeup(builder.onReady);
    stock = new BacklogStock<>(this, wakeup, bell.take(this::close));
  }

  // -- coming in

  @Override
  public Ticket submit(D destination, M message) {
    return add(destination, message, true, 0, lifetime);
  }

  @Override
  public Ticket submit(D destination, M message, Duration lifetime) {
    return add(destination, message, true, 0, BacklogBuilder.nanos(lifetime, "lifetime"));
  }

  @Override
  public Ticket defer(D destination, M message, Duration delay) {
    return add(destination, message, false, BacklogBuilder.nanos(delay, "delay"), lifetime);
  }

  @Override
  public Ticket defer(D destination, M message, Duration delay, Duration lifetime) {
    return add(
        destination,
        message,
        false,
        BacklogBuilder.nanos(delay, "delay"),
        BacklogBuilder.nanos(lifetime, "lifetime"));
  }

  private Ticket add(D destination, M message, boolean fresh, long delay, long life) {
    requireNonNull(destination);
    if (sizeOf(requireNonNull(message)) < 0) {
      throw new IllegalArgumentException(
          "size of the message: " + sizeOf(message) + " bytes, must not be negative");
    }
    lock.lock();
    try {
      if (closed) {
        throw new RejectedExecutionException("the backlog is closed");
      }
      if (stock.size() >= maxMessages) {
        totals.turnedAway++;
        throw new RejectedExecutionException(
            "the backlog is full: "
                + maxMessages
                + " messages; refuse mail upstream, or raise maxMessages");
      }
      int place = addTo(stock.siteOf(destination), message, fresh, delay, life);
      totals.accepted++;
      return new BacklogTicket(this, place, stock.places.generation(place));
    } finally {
      leave();
    }
  }

  private int addTo(BacklogSite<D, M> site, M message, boolean fresh, long delay, long life) {
    try {
      return delay <= 0 || site.suspended || isSuspended(site)
          ? stock.addDue(site, message, fresh, life)
          : stock.addWaiting(site, message, delay, life);
    } finally {
      stock.forgetIfEmpty(site); // if the destination's equals has thrown
    }
  }

  /**
   * Returns whether the gate has suspended a destination. Racy, but the race is benign: who settles
   * the attempt that failed before the message comes back sees what became of that.
   */
  private boolean isSuspended(BacklogSite<D, M> site) {
    Site<D> known = site.known;
    if (known == null || known.id == 0) { // it has left the table
      known = gate.table.get(site.destination);
      site.known = known;
    }
    return known != null && known.standing == Standing.SUSPENDED;
  }

  private long sizeOf(M message) {
    return messageSize == null ? 0 : messageSize.applyAsLong(message);
  }

  boolean cancel(int place, int generation) {
    lock.lock();
    try {
      if (!stock.places.isCurrent(place, generation)) {
        return false;
      }
      totals.cancelled++;
      stock.takeOut(place);
      return true;
    } finally {
      leave();
    }
  }

  boolean isPending(int place, int generation) {
    lock.lock();
    try {
      return stock.places.isCurrent(place, generation);
    } finally {
      lock.unlock();
    }
  }

  // -- going out

  @Override
  public Optional<Dispatch<D, M>> poll() {
    return Optional.ofNullable(next());
  }

  @Override
  public Dispatch<D, M> take() throws InterruptedException {
    while (true) {
      if (Thread.interrupted()) {
        lock.lock();
        leave(); // which passes a signal on that another taker may need
        throw new InterruptedException();
      }
      Dispatch<D, M> next = next();
      if (next != null) {
        return next;
      }
      lock.lockInterruptibly();
      try {
        takers++;
        while (!hasWork()) {
          if (closed) {
            throw new IllegalStateException("the backlog is closed, and nothing is left in it");
          }
          ready.await();
        }
      } finally {
        takers--;
        lock.unlock();
      }
    }
  }

  private @Nullable Dispatch<D, M> next() {
    lock.lock();
    try {
      for (int refusals = 0; ; refusals++) {
        int place = closed ? stock.any() : stock.nextExpired();
        if (place != NONE) {
          return giveUp(place);
        }
        BacklogLane<D, M> lane = refusals == REFUSALS_A_CALL ? null : stock.nextLane();
        if (lane == null) {
          wakeup.arm(); // told at once, in leave, if there is more to ask
          return null;
        }
        Dispatch<D, M> permitted = ask(lane);
        if (permitted != null) {
          return permitted;
        }
      }
    } finally {
      leave();
      gate.runCallbacks();
    }
  }

  /** Takes out a message that needs no permit. */
  private Dispatch<D, M> giveUp(int place) {
    Dispatch<D, M> dispatch = stock.unpermitted(place);
    totals.countGivenUp(dispatch);
    stock.takeOut(place);
    return dispatch;
  }

  private @Nullable Dispatch<D, M> ask(BacklogLane<D, M> lane) {
    BacklogSite<D, M> site = lane.site;
    Cause cause = Cause.NONE;
    long size = 0;
    Admission admission = AdmissionRules.refusal(Reason.CLOSED); // what a failure amounts to
    try {
      size = Math.max(0, sizeOf(stock.message(lane.next())));
      GateTransaction<D> sized = size == 0 ? null : new GateTransaction<>(gate, size);
      for (int i = 0; i < ASKS_A_TURN && cause == Cause.NONE; i++) { // NONE: given back in between
        admission = gate.tryAdmitQuietly(site.destination, site.known, lane.attempt, sized);
        if (!(admission instanceof Refusal)) {
          break;
        }
        cause = bell.watch(site.destination, lane.attempt, sized, site, toldAll);
      }
    } finally {
      if (admission instanceof Refusal refusal) {
        if (cause == Cause.SITE) {
          stock.park(lane, refusal);
        } else {
          stock.shutOut(lane, refusal, cause == Cause.SHARED_BRIEFLY, size);
        }
      }
    }
    return admission instanceof GatePermit<?> permit ? dispatch(lane, permit) : null;
  }

  @SuppressWarnings("unchecked") // the gate's permit is for a destination of its own
  private Dispatch<D, M> dispatch(BacklogLane<D, M> lane, GatePermit<?> permit) {
    lane.site.known = (Site<D>) permit.site;
    totals.permitted++;
    return new Permitted<>(lane.site.destination, stock.admitted(lane), permit);
  }

  // -- the gate tells

  void told(BacklogSite<D, M> site) {
    lock.lock();
    try {
      stock.unpark(site);
      stock.recall(site);
    } finally {
      leave();
    }
  }

  private void toldAll() {
    lock.lock();
    try {
      stock.rounds.open();
    } finally {
      leave();
    }
  }

  // -- time

  @Override
  public int advance(long now, int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit: " + limit + ", must be at least 1");
    }
    lock.lock();
    try {
      if (closed) {
        return 0;
      }
      return stock.advance(now, limit);
    } finally {
      leave();
    }
  }

  @Override
  public long nextDue() {
    lock.lock();
    try {
      long next = hasWork() ? stock.now : closed ? stock.now + Long.MAX_VALUE : stock.nextDue();
      wakeup.promise(next);
      return next;
    } finally {
      lock.unlock();
    }
  }

  // -- by hand

  @Override
  public void flush() {
    int flush;
    lock.lock();
    try {
      flush = stock.startFlush();
    } finally {
      lock.unlock();
    }
    for (boolean more = true; more; ) {
      lock.lock();
      try {
        more = stock.flushSome(flush, FLUSHED_A_STEP, site -> bell.probeSoon(site, false));
      } finally {
        leave();
      }
    }
  }

  @Override
  public void flush(D destination) {
    lock.lock();
    try {
      BacklogSite<D, M> site = stock.sites.get(requireNonNull(destination));
      if (site == null) {
        return;
      }
      stock.flush(site);
      bell.probeSoon(destination, true);
    } finally {
      leave();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        bell.give();
        ready.signalAll();
      }
    } finally {
      leave();
    }
  }

  // -- views

  @Override
  public int pending(D destination) {
    lock.lock();
    try {
      BacklogSite<D, M> site = stock.sites.get(requireNonNull(destination));
      return site == null ? 0 : site.pending;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public BacklogStats stats() {
    lock.lock();
    try {
      return totals.with(stock);
    } finally {
      lock.unlock();
    }
  }

  /** Fails if anything was lost or is in the wrong place. For tests. */
  void assertConsistent() {
    lock.lock();
    try {
      BacklogAudit.check(stock);
    } finally {
      lock.unlock();
    }
  }

  private boolean hasWork() {
    return closed ? stock.size() > 0 : stock.hasWork();
  }

  /** Ends every operation under the lock: tells those who wait for work, if there is some. */
  private void leave() {
    boolean work = hasWork();
    if (work && takers > 0) {
      ready.signal();
    }
    wakeup.tellIf(work);
    lock.unlock();
    wakeup.run();
  }
}
