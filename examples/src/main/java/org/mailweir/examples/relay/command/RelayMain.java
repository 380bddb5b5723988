package org.mailweir.examples.relay.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.mailweir.examples.relay.Relay;
import org.mailweir.examples.relay.RelayConfig;
import org.mailweir.examples.relay.control.ControlCommand;
import org.mailweir.transport.ProgramMain;
import org.mailweir.transport.UsageException;

/** The program {@code relay}. */
public final class RelayMain {
  private static final Duration GRACE = Duration.ofSeconds(10);

  private RelayMain() {}

  /**
   * Runs the relay until SIGTERM or SIGINT, and ends the JVM with its exit code; or asks or tells a
   * running one, if the first argument is a command.
   */
  public static void main(String[] args) {
    if (args.length > 0 && ControlCommand.isCommand(args[0])) {
      PrintWriter out = new PrintWriter(System.out, true, UTF_8);
      PrintWriter err = new PrintWriter(System.err, true, UTF_8);
      System.exit(ControlCommand.run(args, out, err));
    }
    ProgramMain.main(RelayCommand.NAME, args, RelayMain::start);
  }

  /**
   * Runs the relay until {@code stop} is counted down or the thread is interrupted.
   *
   * @return the exit code
   */
  static int run(String[] args, PrintWriter out, PrintWriter err, CountDownLatch stop) {
    return ProgramMain.run(RelayCommand.NAME, args, RelayMain::start, out, err, stop);
  }

  private static Optional<Runnable> start(String[] args, PrintWriter out)
      throws UsageException, IOException {
    Optional<RelayConfig> config = new RelayCommand().parse(args, out);
    if (config.isEmpty()) {
      return Optional.empty();
    }
    Relay relay = Relay.start(config.get());
    return Optional.of(() -> relay.stop(GRACE));
  }
}
