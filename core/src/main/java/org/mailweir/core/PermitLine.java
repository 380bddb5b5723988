package org.mailweir.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.mailweir.core.ConcurrencyLimiter.Grant;
import org.mailweir.core.ConcurrencyLimiter.Share;

/**
 * Where takes, returns and waits for the permits of one {@link ConcurrencyLimiter} meet.
 *
 * <p><b>Order.</b> Waiters stand in one queue per share, and are numbered as they come. A returned
 * permit goes to the earliest of those at the heads of the queues whose share, and everything above
 * it, has room: first come, first served among all that can be served, while one that waits for a
 * full share holds up nobody else.
 *
 * <p><b>Invariant.</b> While the lock is free, no waiter has room. So whoever finds room takes
 * nothing that somebody waits for, and a take never has to look at the line; only a return does. A
 * return makes room for one waiter at most: all that it could make room for need a place in the
 * topmost node that was full.
 *
 * <p><b>Nothing is lost.</b> A permit changes hands under the lock, before its waiter hears of it.
 * Who stopped waiting meanwhile (patience over, interrupted, cancelled) finds it under the lock and
 * returns it.
 *
 * <p><b>Callbacks.</b> Blocked threads are woken under the lock, which runs nobody's code; futures
 * are completed by {@link Callbacks}, outside it.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class PermitLine {
  private static final Duration LONGEST_PATIENCE = Duration.ofDays(1);

  final ReentrantLock lock = new ReentrantLock(); // not private for tests of what meets at it
  private final Callbacks callbacks = new Callbacks();
  private final int maxWaiting;

  // Guarded by the lock.
  private final Map<Share, LinkedHashSet<Waiter>> queues = new LinkedHashMap<>();
  private int waiting;
  private long arrivals;
  private boolean closed;

  PermitLine(int maxWaiting) {
    if (maxWaiting < 0) {
      throw new IllegalArgumentException("maxWaiting: " + maxWaiting + ", must not be negative");
    }
    this.maxWaiting = maxWaiting;
  }

  /** One who waits. What changes is guarded by the lock. */
  private static final class Waiter {
    final Share share;
    final long number;
    final boolean blocked; // a thread waits for the answer, and nobody depends on it
    final CompletableFuture<Optional<Grant>> answer = new CompletableFuture<>();
    boolean queued = true;

    Waiter(Share share, long number, boolean blocked) {
      this.share = share;
      this.number = number;
      this.blocked = blocked;
    }
  }

  Optional<Grant> tryAcquire(Share share) {
    lock.lock();
    try {
      return !closed && share.quota().hasRoom() ? Optional.of(grant(share)) : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  Optional<Grant> acquire(Share share, Duration patience) throws InterruptedException {
    long nanos = nanos(patience);
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Waiter waiter;
    lock.lock();
    try {
      Optional<Grant> atOnce = tryAcquire(share);
      if (atOnce.isPresent() || nanos == 0 || !mayWait()) {
        return atOnce;
      }
      waiter = enqueue(share, true);
    } finally {
      lock.unlock();
    }
    try {
      return waiter.answer.get(nanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException over) {
      return leave(waiter); // a permit that came just now is welcome
    } catch (InterruptedException interrupted) {
      leave(waiter).ifPresent(Grant::close);
      throw interrupted;
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  CompletableFuture<Optional<Grant>> acquireAsync(Share share) {
    Waiter waiter;
    lock.lock();
    try {
      Optional<Grant> atOnce = tryAcquire(share);
      if (atOnce.isPresent() || !mayWait()) {
        return CompletableFuture.completedFuture(atOnce);
      }
      waiter = enqueue(share, false);
    } finally {
      lock.unlock();
    }
    // Whoever completes the answer himself, by cancelling it say, waits no longer.
    var unused =
        waiter.answer.whenComplete(
            (granted, failure) -> {
              if (waiter.queued) { // racy, but the race is benign: it never becomes true again
                leave(waiter);
              }
            });
    return waiter.answer;
  }

  /** Returns a permit, the first time it is called for it, and serves who waits for it. */
  void release(Grant grant) {
    lock.lock();
    try {
      Share share = grant.surrender();
      if (share == null) {
        return;
      }
      share.quota().give();
      serveNext();
    } finally {
      lock.unlock();
    }
    callbacks.run();
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      List<Waiter> all = new ArrayList<>();
      queues.values().forEach(all::addAll);
      all.sort((a, b) -> Long.compare(a.number, b.number));
      all.forEach(waiter -> answer(waiter, Optional.empty()));
    } finally {
      lock.unlock();
    }
    callbacks.run();
  }

  int inUse(Quota quota) {
    lock.lock();
    try {
      return quota.inUse();
    } finally {
      lock.unlock();
    }
  }

  int waiting() {
    lock.lock();
    try {
      return waiting;
    } finally {
      lock.unlock();
    }
  }

  private static long nanos(Duration patience) {
    if (patience.isNegative()) {
      throw new IllegalArgumentException("patience: " + patience + ", must not be negative");
    }
    return patience.compareTo(LONGEST_PATIENCE) < 0
        ? patience.toNanos()
        : LONGEST_PATIENCE.toNanos();
  }

  // -- under the lock

  private boolean mayWait() {
    return !closed && waiting < maxWaiting;
  }

  private Waiter enqueue(Share share, boolean blocked) {
    Waiter waiter = new Waiter(share, arrivals++, blocked);
    queues.computeIfAbsent(share, unused -> new LinkedHashSet<>()).add(waiter);
    waiting++;
    return waiter;
  }

  private void dequeue(Waiter waiter) {
    LinkedHashSet<Waiter> queue = queues.get(waiter.share);
    if (queue == null || !queue.remove(waiter)) {
      throw new IllegalStateException("not in line");
    }
    if (queue.isEmpty()) {
      queues.remove(waiter.share);
    }
    waiter.queued = false;
    waiting--;
  }

  /** Takes a permit that is there. */
  private static Grant grant(Share share) {
    share.quota().take();
    return new Grant(share);
  }

  private void serveNext() {
    Waiter earliest = null;
    for (LinkedHashSet<Waiter> queue : queues.values()) {
      Waiter first = queue.iterator().next();
      if ((earliest == null || first.number < earliest.number) && first.share.quota().hasRoom()) {
        earliest = first;
      }
    }
    if (earliest != null) {
      answer(earliest, Optional.of(grant(earliest.share)));
    }
  }

  private void answer(Waiter waiter, Optional<Grant> granted) {
    dequeue(waiter);
    if (waiter.blocked) {
      waiter.answer.complete(granted);
    } else {
      callbacks.add(
          () -> {
            if (!waiter.answer.complete(granted)) {
              granted.ifPresent(Grant::close);
            }
          });
    }
  }

  // -- without the lock

  /** Ends a wait; returns what a blocked waiter was given all the same. */
  private Optional<Grant> leave(Waiter waiter) {
    lock.lock();
    try {
      if (waiter.queued) {
        dequeue(waiter);
        return Optional.empty();
      }
    } finally {
      lock.unlock();
    }
    return waiter.blocked ? waiter.answer.join() : Optional.empty();
  }
}
