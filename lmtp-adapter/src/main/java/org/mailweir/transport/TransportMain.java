package org.mailweir.transport;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** The program {@code mailweir-transport}. */
public final class TransportMain {
  private static final Duration GRACE = Duration.ofSeconds(10);

  private TransportMain() {}

  /** Runs the program until SIGTERM or SIGINT, and ends the JVM with its exit code. */
  public static void main(String[] args) {
    ProgramMain.main(TransportCommand.NAME, args, TransportMain::start);
  }

  /**
   * Runs the program until {@code stop} is counted down or the thread is interrupted.
   *
   * @return the exit code
   */
  static int run(String[] args, PrintWriter out, PrintWriter err, CountDownLatch stop) {
    return ProgramMain.run(TransportCommand.NAME, args, TransportMain::start, out, err, stop);
  }

  private static Optional<Runnable> start(String[] args, PrintWriter out)
      throws UsageException, IOException {
    Optional<TransportConfig> config = new TransportCommand().parse(args, out);
    if (config.isEmpty()) {
      return Optional.empty();
    }
    Transport transport =
        Transport.start(
            config.get(), LmtpSocket.inherited(config.get(), System.inheritedChannel()));
    return Optional.of(() -> transport.stop(GRACE));
  }
}
