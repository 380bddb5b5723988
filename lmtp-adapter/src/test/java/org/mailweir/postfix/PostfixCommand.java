package org.mailweir.postfix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs one of Postfix's programs to its end. */
final class PostfixCommand {
  private static final long TIMEOUT_SECONDS = 120;

  private PostfixCommand() {}

  /**
   * Returns what the program printed, errors included.
   *
   * @throws IOException if it fails or takes longer than two minutes
   */
  static String run(List<String> command) throws IOException, InterruptedException {
    // A file, not a pipe: the daemons that 'postfix start' leaves behind would keep a pipe open.
    Path output = Files.createTempFile("postfix", ".out");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .redirectInput(Path.of("/dev/null").toFile())
              .start();
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(command + " did not end within " + TIMEOUT_SECONDS + " s");
      }
      String printed = Files.readString(output, StandardCharsets.UTF_8);
      if (process.exitValue() != 0) {
        throw new IOException(command + " ended with " + process.exitValue() + ": " + printed);
      }
      return printed;
    } finally {
      Files.delete(output);
    }
  }
}
