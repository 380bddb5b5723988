package org.mailweir.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The program {@code mailweir-transport}. */
public final class TransportMain {
  /** What {@link #run} returns after a stop in order. */
  static final int STOPPED = 0;

  /** What {@link #run} returns if the start failed, because a port is in use, say. */
  static final int START_FAILED = 1;

  /** What {@link #run} returns if the command line or a file it names is wrong. */
  static final int USAGE = 2;

  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final Logger log = LoggerFactory.getLogger(TransportMain.class);

  /** The HTTPS library's own log, held here or its level would be forgotten. */
  private static final java.util.logging.Logger HTTPS =
      java.util.logging.Logger.getLogger("okhttp3");

  private TransportMain() {}

  /** Runs the program until SIGTERM or SIGINT, and ends the JVM with its exit code. */
  public static void main(String[] args) {
    limitSlowHttpClients();
    HTTPS.setLevel(java.util.logging.Level.WARNING); // else it tells of each peer that hangs up
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    Thread hook = new Thread(() -> stopInOrder(stop, stopped), "mailweir-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    int code = START_FAILED;
    try {
      code =
          run(
              args,
              new PrintWriter(System.out, true, UTF_8),
              new PrintWriter(System.err, true, UTF_8),
              stop);
    } finally {
      stopped.countDown();
    }
    System.exit(code);
  }

  /**
   * Runs the program until {@code stop} is counted down or the thread is interrupted.
   *
   * @return the exit code
   */
  static int run(String[] args, PrintWriter out, PrintWriter err, CountDownLatch stop) {
    Transport transport;
    try {
      Optional<TransportConfig> config = new TransportCommand().parse(args, out);
      if (config.isEmpty()) {
        return STOPPED;
      }
      transport =
          Transport.start(
              config.get(), LmtpSocket.inherited(config.get(), System.inheritedChannel()));
    } catch (UsageException wrong) {
      err.println(TransportCommand.NAME + ": " + wrong.getMessage());
      return USAGE;
    } catch (IOException failure) {
      err.println(TransportCommand.NAME + ": " + failure.getMessage());
      return START_FAILED;
    }
    try {
      stop.await();
    } catch (InterruptedException interrupted) {
      log.info("Interrupted");
    }
    transport.stop(GRACE);
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
