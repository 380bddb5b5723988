package org.mailweir.examples.relay.outbound;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The attempts under way: at most as many as the gate permits, detached ones included.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class Underway {
  private static final Logger log = LoggerFactory.getLogger(Underway.class);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition fewer = lock.newCondition();
  private final Set<Attempt> attempts = new HashSet<>();

  void began(Attempt attempt) {
    lock.lock();
    try {
      attempts.add(attempt);
    } finally {
      lock.unlock();
    }
  }

  void ended(Attempt attempt) {
    lock.lock();
    try {
      attempts.remove(attempt);
      fewer.signalAll();
    } finally {
      lock.unlock();
    }
  }

  int count() {
    return all().size();
  }

  int pastDot() {
    return (int) all().stream().filter(Attempt::isPastDot).count();
  }

  /** Lets go what is not ready in time. */
  void watch(long now) {
    all().forEach(each -> each.watch(now));
  }

  /** Waits until no attempt has a message, and returns whether that is so. */
  boolean awaitNone(Duration longest) throws InterruptedException {
    return await(Attempt::hasMessage, longest);
  }

  /** Ends all attempts that are not past their dot, and returns how many those were. */
  int abortBeforeDot() {
    List<Attempt> early = all().stream().filter(each -> !each.isPastDot()).toList();
    early.forEach(Attempt::abortBeforeDot);
    return (int) early.stream().filter(each -> !each.isPastDot()).count();
  }

  /** Waits until no attempt is past its dot without an answer: each has a deadline of its own. */
  void awaitDots() throws InterruptedException {
    int waiting = pastDot();
    if (waiting > 0) {
      log.info("Waiting for the answers to {} messages that are sent already", waiting);
    }
    while (!await(Attempt::isPastDot, Duration.ofMinutes(1))) {
      log.info("Still waiting for answers");
    }
  }

  private boolean await(Predicate<Attempt> blocking, Duration longest) throws InterruptedException {
    long left = longest.toNanos();
    lock.lockInterruptibly();
    try {
      while (attempts.stream().anyMatch(blocking)) {
        if (left <= 0) {
          return false;
        }
        // Not only when told: a dot that was not taken ends the wait as well.
        long slice = Math.min(left, TimeUnit.MILLISECONDS.toNanos(100));
        left -= slice - Math.max(0, fewer.awaitNanos(slice));
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private List<Attempt> all() {
    lock.lock();
    try {
      return List.copyOf(attempts);
    } finally {
      lock.unlock();
    }
  }
}
