package org.mailweir.delivery;

import static java.util.Comparator.comparingLong;

import java.time.Duration;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.TimeSource;

/**
 * Runs blocking code in simulated time, deterministically: many threads, but only the one that
 * holds the baton runs. Whoever blocks runs the next event, in order of time, and hands the baton
 * to the thread that it wakes. No test that uses this sleeps or depends on the machine's speed.
 */
final class Simulation implements TimeSource, Executor {
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(comparingLong(Event::afterStart).thenComparingLong(Event::number));
  private final ThreadLocal<Strand> current = ThreadLocal.withInitial(Strand::new);
  private final long start;
  private long elapsed;
  private long number;
  private int running;
  private @Nullable AssertionError failure;

  /** Something that happens, and may wake a thread. */
  private record Event(long afterStart, long number, Supplier<@Nullable Strand> action) {}

  /** A thread, while it does not hold the baton. */
  private static final class Strand {
    final Semaphore baton = new Semaphore(0);
  }

  Simulation(long start) {
    this.start = start;
  }

  @Override
  public long nanoTime() {
    return start + elapsed;
  }

  Duration elapsed() {
    return Duration.ofNanos(elapsed);
  }

  /** Runs something at this time after the start, on whichever thread is blocked then. */
  void at(Duration afterStart, Runnable action) {
    schedule(
        afterStart.toNanos(),
        () -> {
          action.run();
          return null;
        });
  }

  /** Starts a thread, which runs as soon as this one blocks. */
  @Override
  public void execute(Runnable task) {
    Strand strand = new Strand();
    running++;
    Thread thread =
        new Thread(
            () -> {
              strand.baton.acquireUninterruptibly();
              current.set(strand);
              try {
                task.run();
              } finally {
                running--;
                next().baton.release();
              }
            });
    thread.setDaemon(true);
    thread.start();
    schedule(elapsed, () -> strand);
  }

  /** Blocks this thread until that time after the start. */
  void runUntil(Duration afterStart) {
    Strand self = current.get();
    schedule(afterStart.toNanos(), () -> self);
    park(self);
  }

  /** Returns how many threads have not ended. */
  int running() {
    return running;
  }

  /** Returns a bell that is waited for in simulated time. */
  Bell bell() {
    return new SimulatedBell();
  }

  private void schedule(long afterStart, Supplier<@Nullable Strand> action) {
    events.add(new Event(Math.max(elapsed, afterStart), number++, action));
  }

  private void park(Strand self) {
    Strand next = next();
    if (next != self) {
      next.baton.release();
      self.baton.acquireUninterruptibly();
    }
    if (failure != null) {
      throw failure;
    }
  }

  private Strand next() {
    while (true) {
      Event event = events.remove();
      elapsed = event.afterStart();
      try {
        Strand woken = event.action().get();
        if (woken != null) {
          return woken;
        }
      } catch (AssertionError wrong) {
        failure = wrong; // thrown on the thread of the test as soon as that runs
      }
    }
  }

  private final class SimulatedBell implements Bell {
    private boolean rung;
    private @Nullable Strand waiting;
    private long wait;

    @Override
    public void ring() {
      rung = true;
      Strand strand = waiting;
      if (strand != null) {
        waiting = null;
        schedule(elapsed, () -> strand);
      }
    }

    @Override
    public void await(long nanos) {
      if (!rung) {
        Strand self = current.get();
        long thisWait = ++wait;
        waiting = self;
        schedule(
            elapsed + nanos,
            () -> {
              if (waiting == null || wait != thisWait) {
                return null;
              }
              waiting = null;
              return self;
            });
        park(self);
      }
      rung = false;
    }
  }
}
