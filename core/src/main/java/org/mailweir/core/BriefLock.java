package org.mailweir.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * A lock for what takes a tenth of a microsecond: taken by one compare-and-set, given back by a
 * plain store.
 *
 * <p><b>Why not Java's.</b> Who gives a {@code ReentrantLock} back has to see who has queued up
 * meanwhile, and that takes a full fence: the store has to be seen by all before it looks. Two
 * fences saved in each admission and its settling are a tenth of what both cost, and the processor
 * can begin to read memory for what comes next.
 *
 * <p><b>Waiting.</b> Who finds the lock held tries again for about a microsecond: it is free long
 * before a parked thread would be awake. After that it lies down in line and naps, {@value
 * #FIRST_NAP} ns at first, then twice as long, up to {@value #LONGEST_NAP} ns, and tries again when
 * it wakes. Who gives the lock back wakes the first in line that it sees. It may miss one that is
 * just lying down; that one has slept too long by one nap, and nothing else. So a wake-up may be
 * late, but none is lost.
 *
 * <p><b>Order.</b> None: who comes first may go last, as with an unfair lock of Java's.
 *
 * <p><b>Not reentrant.</b> A thread that holds it and asks again gets an exception: what is called
 * under it ({@code equals}, say) has called back.
 *
 * <p><b>Happens before.</b> What its holder did before {@link #unlock} (a release) happens before
 * what the next one does after {@link #lock} (which acquires).
 *
 * <p>Thread safety: all methods may be called by any thread; {@link #unlock} by the holder only.
 */
final class BriefLock {
  private static final int TRIES = 64;
  private static final long FIRST_NAP = 50_000;
  private static final long LONGEST_NAP = 1_000_000;

  private static final VarHandle HOLDER;
  private static final VarHandle SLEEPING;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      HOLDER = lookup.findVarHandle(BriefLock.class, "holder", long.class);
      SLEEPING = lookup.findVarHandle(BriefLock.class, "sleeping", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private long holder; // 0 while it is free
  private int sleeping;
  private final Queue<Thread> sleepers = new ConcurrentLinkedQueue<>();

  /** Takes the lock, and waits until it can. An interrupt does not end that, and is kept. */
  void lock() {
    long me = me();
    if (!HOLDER.compareAndSet(this, 0L, me)) {
      contend(me);
    }
  }

  /** Gives it back. */
  void unlock() {
    HOLDER.setRelease(this, 0L);
    if (sleeping != 0) { // racy, but the race is benign: whom it does not see only naps
      wakeOne();
    }
  }

  /** Returns how many nap now. For tests. */
  int sleeping() {
    return (int) SLEEPING.getVolatile(this);
  }

  private void wakeOne() {
    Thread first = sleepers.poll();
    if (first != null) {
      SLEEPING.getAndAdd(this, -1);
      LockSupport.unpark(first);
    }
  }

  /** Returns a number of this thread's own, never 0 whatever it says of itself. */
  private static long me() {
    return Thread.currentThread().getId() << 1 | 1;
  }

  private void contend(long me) {
    if (holder == me) { // racy, but the race is benign: nobody else writes our number
      throw new IllegalStateException(
          "called back: equals, hashCode, a rate, a schedule or a random generator calls the gate");
    }
    Thread thread = Thread.currentThread();
    boolean interrupted = false;
    for (long nap = FIRST_NAP; !tryForAMoment(me); nap = Math.min(2 * nap, LONGEST_NAP)) {
      sleepers.add(thread);
      SLEEPING.getAndAdd(this, 1);
      boolean locked = tryLock(me); // who gave it back just before could not see us
      if (!locked) {
        LockSupport.parkNanos(this, nap);
        interrupted |= Thread.interrupted(); // or it would not park again
      }
      if (sleepers.remove(thread)) {
        SLEEPING.getAndAdd(this, -1);
      }
      if (locked) {
        break;
      }
    }
    if (interrupted) {
      thread.interrupt();
    }
  }

  private boolean tryForAMoment(long me) {
    for (int tries = 0; tries < TRIES; tries++) {
      if (tryLock(me)) {
        return true;
      }
      Thread.onSpinWait();
    }
    return false;
  }

  private boolean tryLock(long me) {
    return (long) HOLDER.getOpaque(this) == 0L && HOLDER.compareAndSet(this, 0L, me);
  }
}
