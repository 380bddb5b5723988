package org.mailweir.lab.command;

import java.util.Arrays;
import picocli.CommandLine;

/** The entry of benchmarks.jar: {@code herd ...} is the laboratory, everything else is for JMH. */
public final class Main {
  private Main() {}

  /**
   * Runs what the first argument says, and ends the program with its exit code.
   *
   * @throws Exception if JMH fails
   */
  public static void main(String[] arguments) throws Exception {
    if (arguments.length > 0 && arguments[0].equals(HerdCommand.NAME)) {
      String[] rest = Arrays.copyOfRange(arguments, 1, arguments.length);
      System.exit(new CommandLine(new HerdCommand()).execute(rest));
    }
    org.openjdk.jmh.Main.main(arguments);
  }
}
