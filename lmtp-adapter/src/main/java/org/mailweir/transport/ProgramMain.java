package org.mailweir.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a program that serves until it is told to stop by SIGTERM or SIGINT. */
public final class ProgramMain {
  /** The exit code after a stop in order. */
  public static final int STOPPED = 0;

  /** The exit code if the start failed, because a port is in use, say. */
  public static final int START_FAILED = 1;

  /** The exit code if the command line or a file it names is wrong. */
  public static final int USAGE = 2;

  private static final Logger log = LoggerFactory.getLogger(ProgramMain.class);

  /** The HTTPS library's own log, held here or its level would be forgotten. */
  private static final java.util.logging.Logger HTTPS =
      java.util.logging.Logger.getLogger("okhttp3");

  private ProgramMain() {}

  /** Starts what a program serves. */
  @FunctionalInterface
  public interface Start {
    /**
     * Reads the arguments and starts.
     *
     * @param out where help goes
     * @return what stops it in order; empty if only help or the like was asked for
     * @throws IOException with one line for the operator if the start failed
     */
    Optional<Runnable> start(String[] args, PrintWriter out) throws UsageException, IOException;
  }

  /**
   * Runs a program until SIGTERM or SIGINT, and ends the JVM with its exit code.
   *
   * @param name of the program, for its errors
   */
  public static void main(String name, String[] args, Start start) {
    limitSlowHttpClients();
    HTTPS.setLevel(java.util.logging.Level.WARNING); // else it tells of each peer that hangs up
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    Thread hook = new Thread(() -> stopInOrder(stop, stopped), "mailweir-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    int code = START_FAILED;
    try {
      PrintWriter out = new PrintWriter(System.out, true, UTF_8);
      PrintWriter err = new PrintWriter(System.err, true, UTF_8);
      code = run(name, args, start, out, err, stop);
    } finally {
      stopped.countDown();
    }
    System.exit(code);
  }

  /**
   * Runs a program until {@code stop} is counted down or the thread is interrupted.
   *
   * @return the exit code
   */
  public static int run(
      String name,
      String[] args,
      Start start,
      PrintWriter out,
      PrintWriter err,
      CountDownLatch stop) {
    Optional<Runnable> running;
    try {
      running = start.start(args, out);
    } catch (UsageException wrong) {
      err.println(name + ": " + wrong.getMessage());
      return USAGE;
    } catch (IOException failure) {
      err.println(name + ": " + failure.getMessage());
      return START_FAILED;
    }
    if (running.isEmpty()) {
      return STOPPED;
    }
    try {
      stop.await();
    } catch (InterruptedException interrupted) {
      log.info("Interrupted");
    }
    running.get().run();
    return STOPPED;
  }

  // A signal's exit code would be 128 + its number; ours says that all went well.
  private static void stopInOrder(CountDownLatch stop, CountDownLatch stopped) {
    if (stopped.getCount() == 0) {
      return; // main has ended by itself and knows its exit code
    }
    stop.countDown();
    try {
      stopped.await();
    } catch (InterruptedException impossible) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(STOPPED);
  }

  // The JDK's HTTP server waits for a request without end unless it is told so before its first
  // use.
  private static void limitSlowHttpClients() {
    System.setProperty("sun.net.httpserver.maxReqTime", "10");
    System.setProperty("sun.net.httpserver.maxRspTime", "30");
    System.setProperty("jdk.httpserver.maxConnections", "50");
  }
}
