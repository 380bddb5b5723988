package org.mailweir.examples.relay.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link ChaosRelay} in a JVM of its own. */
final class RelayProcess implements AutoCloseable {
  private static final int SECONDS_TO_STOP = 60;

  private final Process process;

  private RelayProcess(Process process) {
    this.process = process;
  }

  /** Starts one; it takes mail when this returns. */
  static RelayProcess start(List<String> arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx128m",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                ChaosRelay.class.getName()));
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    BufferedReader out = process.inputReader(UTF_8);
    StringBuilder said = new StringBuilder();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (ChaosRelay.isStarted(line)) {
        pass(out);
        return new RelayProcess(process);
      }
      said.append(line).append('\n');
    }
    throw new IOException("the relay has not started:\n" + said);
  }

  /** Passes on what it complains of: it would block if nobody read its log. */
  private static void pass(BufferedReader out) {
    Thread reader =
        new Thread(
            () -> {
              try (out) {
                out.lines()
                    .filter(line -> line.contains(" ERROR ") || line.startsWith("Exception"))
                    .forEach(line -> System.out.println("relay: " + line));
              } catch (IOException | UncheckedIOException ended) {
                // The relay has.
              }
            },
            "relay-log");
    reader.setDaemon(true);
    reader.start();
  }

  /** Sends SIGKILL and waits for the end. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Sends SIGTERM and waits for the end. */
  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(SECONDS_TO_STOP, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new IllegalStateException("the relay does not stop");
    }
  }
}
