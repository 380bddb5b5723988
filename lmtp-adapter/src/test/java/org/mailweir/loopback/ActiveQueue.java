package org.mailweir.loopback;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Postfix's queue manager as seen by one transport: incoming and deferred mail, and an active queue
 * of limited size that is served first in, first out. Room in the active queue goes to incoming
 * mail first, then to deferred mail that is due. Messages under way count as active, as they do
 * there (qmgr_message_active_limit).
 */
final class ActiveQueue {
  /**
   * A message on its way to a client.
   *
   * @param attempt 1 for the first
   * @param queuedNanos when it came to the queue for the first time
   */
  record Queued(LmtpMessage message, int attempt, long queuedNanos) {}

  private record Deferred(Queued queued, long dueNanos, long order) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // In bursts, so that waiting clients are not woken a thousand times a second.
  private static final int BURST = 20;

  private final int limit;
  private final long burstNanos;
  private final Deque<Queued> incoming = new ArrayDeque<>();
  private final PriorityQueue<Deferred> deferred =
      new PriorityQueue<>(
          (a, b) -> {
            int byTime = Long.signum(a.dueNanos - b.dueNanos);
            return byTime != 0 ? byTime : Long.compare(a.order, b.order);
          });
  private final Deque<Queued> active = new ArrayDeque<>();
  private long order;
  private int underWay;
  private int leftOfBurst = BURST;
  private long nextBurstNanos = System.nanoTime();
  private boolean closed;

  /**
   * Makes an empty queue.
   *
   * @param deferredPerSecond deferred messages that become active in a second, at most: what they
   *     cost a queue manager
   */
  ActiveQueue(int limit, int deferredPerSecond) {
    this.limit = limit;
    burstNanos = TimeUnit.SECONDS.toNanos(BURST) / deferredPerSecond;
  }

  void incoming(Queued queued) {
    change(() -> incoming.add(queued));
  }

  void deferred(Queued queued, long dueNanos) {
    change(() -> deferred.add(new Deferred(queued, dueNanos, order++)));
  }

  /** Makes all deferred mail due, in its order. */
  void flush() {
    long now = System.nanoTime();
    change(
        () -> {
          Deque<Deferred> all = new ArrayDeque<>(deferred.size());
          while (!deferred.isEmpty()) {
            all.add(deferred.remove());
          }
          all.forEach(d -> deferred.add(new Deferred(d.queued, now, order++)));
        });
  }

  /** Waits for the next message; empty when the queue is closed. Call {@link #done} after it. */
  Optional<Queued> take() throws InterruptedException {
    lock.lock();
    try {
      while (!closed) {
        long now = System.nanoTime();
        fill(now);
        Queued next = active.poll();
        if (next != null) {
          underWay++;
          return Optional.of(next);
        }
        Deferred first = deferred.peek();
        if (first == null || underWay + active.size() >= limit) {
          changed.await();
        } else {
          long left = first.dueNanos - now;
          changed.await(
              leftOfBurst > 0 ? left : Math.max(left, nextBurstNanos - now), TimeUnit.NANOSECONDS);
        }
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** A message that was taken is delivered, deferred again, or given up. */
  void done() {
    change(() -> underWay--);
  }

  /** Returns whether a client that asks now would have to wait. */
  boolean nothingReady() {
    lock.lock();
    try {
      fill(System.nanoTime());
      return active.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until there is no message anywhere; returns whether that came about in time. */
  boolean awaitEmpty(long nanos) throws InterruptedException {
    lock.lock();
    try {
      long left = nanos;
      while (size() > 0 && left > 0 && !closed) {
        left = changed.awaitNanos(left);
      }
      return size() == 0;
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return incoming.size() + deferred.size() + active.size() + underWay;
    } finally {
      lock.unlock();
    }
  }

  void close() {
    change(() -> closed = true);
  }

  private void fill(long now) {
    if (leftOfBurst == 0 && nextBurstNanos - now <= 0) {
      leftOfBurst = BURST;
    }
    while (underWay + active.size() < limit) {
      Deferred first = deferred.peek();
      if (!incoming.isEmpty()) {
        active.add(incoming.remove());
      } else if (first != null && first.dueNanos - now <= 0 && leftOfBurst > 0) {
        active.add(deferred.remove().queued);
        if (--leftOfBurst == 0) {
          nextBurstNanos = now + burstNanos;
        }
      } else {
        return;
      }
    }
  }

  private void change(Runnable step) {
    lock.lock();
    try {
      step.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
