package org.mailweir.delivery;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is under way in all transactions, and how far the stop of the program is.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class InProgress {
  private static final Logger log = LoggerFactory.getLogger(InProgress.class);

  private final Set<GroupTransaction> transactions = ConcurrentHashMap.newKeySet();
  private final Set<DeliveryAttempt> attempts = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition anEnd = lock.newCondition();
  private volatile boolean stopping;
  private volatile boolean aborting;

  void began(GroupTransaction transaction) {
    transactions.add(transaction);
  }

  void closed(GroupTransaction transaction) {
    transactions.remove(transaction);
  }

  void began(DeliveryAttempt attempt) {
    attempts.add(attempt);
  }

  void ended(DeliveryAttempt attempt) {
    attempts.remove(attempt);
    lock.lock();
    try {
      anEnd.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until no attempt delivers a message; returns whether that is so. */
  boolean awaitDeliveries(Duration longest) throws InterruptedException {
    long left = longest.toNanos();
    lock.lock();
    try {
      while (counts().deliveries() > 0 && left > 0) {
        left = anEnd.awaitNanos(left);
      }
      return counts().deliveries() == 0;
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether recipients are refused from now on. */
  boolean isStopping() {
    return stopping;
  }

  /** Returns whether deliveries are ended that are not past their dot. */
  boolean isAborting() {
    return aborting;
  }

  void stop() {
    stopping = true;
    transactions.forEach(GroupTransaction::wake);
  }

  void abortBeforeDot() {
    stopping = true;
    aborting = true;
    transactions.forEach(GroupTransaction::wake);
    attempts.stream().filter(DeliveryAttempt::isDetached).forEach(DeliveryAttempt::abort);
  }

  /**
   * Ends attempts that began before that reading of the time source: every one has deadlines of its
   * own, so this is the end of what a defect, or a library that blocks, has made of one.
   *
   * @return how many were ended
   */
  int abandonBegunBefore(long time) {
    int abandoned = 0;
    for (DeliveryAttempt attempt : attempts) {
      if (attempt.begun() - time < 0) {
        log.error("{}: stuck, beyond all its deadlines; given up", attempt.describe());
        attempt.abandon();
        abandoned++;
      }
    }
    return abandoned;
  }

  DeliveryCounts counts() {
    int delivering = 0;
    int pastDot = 0;
    int detached = 0;
    for (DeliveryAttempt attempt : attempts) {
      if (attempt.isDetached()) {
        detached++;
      } else {
        delivering++;
        pastDot += attempt.isPastDot() ? 1 : 0;
      }
    }
    return new DeliveryCounts(transactions.size(), delivering, pastDot, detached);
  }
}
