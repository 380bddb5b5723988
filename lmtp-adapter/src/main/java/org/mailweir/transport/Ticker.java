package org.mailweir.transport;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that drives what is driven by time: it runs a few short steps, one after the
 * other, over and over. A step that throws is logged, and runs again at the next tick: without the
 * ticker nothing that waits would ever end.
 */
public final class Ticker implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Ticker.class);
  // A step that fails at each tick would else write a hundred traces a second.
  private static final long NANOS_BETWEEN_LOGS = Duration.ofSeconds(10).toNanos();

  private final long periodNanos;
  private final List<Runnable> steps;
  private final Thread thread;
  private volatile boolean stopped;
  private long failures;
  private long lastLogged;

  /** Starts ticking: the steps run in this order, {@code period} is waited between rounds. */
  public Ticker(Duration period, List<Runnable> steps) {
    this.periodNanos = period.toNanos();
    this.steps = List.copyOf(steps);
    thread = new Thread(this::run, "mailweir-ticker");
    thread.setDaemon(true);
    thread.start();
  }

  /** Returns a step that does its work in each {@code ticks}-th round only. */
  public static Runnable every(int ticks, Runnable work) {
    return new Runnable() {
      private int round; // one thread only: the ticker's

      @Override
      public void run() {
        round = (round + 1) % ticks;
        if (round == 0) {
          work.run();
        }
      }
    };
  }

  private void run() {
    while (!stopped) {
      for (Runnable step : steps) {
        runStep(step);
      }
      LockSupport.parkNanos(this, periodNanos);
    }
  }

  // Errors too: an assertion that fails in one step must not end the others.
  private void runStep(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error failure) {
      long now = System.nanoTime();
      failures++;
      if (failures == 1 || now - lastLogged >= NANOS_BETWEEN_LOGS) {
        lastLogged = now;
        log.error("A periodic step failed, goes on; {} failures so far", failures, failure);
      }
    }
  }

  /** Stops after the present round; does not wait for it. */
  @Override
  public void close() {
    stopped = true;
    LockSupport.unpark(thread);
  }
}
