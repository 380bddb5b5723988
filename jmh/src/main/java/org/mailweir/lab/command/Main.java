package org.mailweir.lab.command;

import java.util.Arrays;
import org.mailweir.jmh.tables.TablesCommand;
import picocli.CommandLine;

/**
 * The entry of benchmarks.jar: {@code herd} is the laboratory, {@code tables} writes figures into
 * their page, everything else is for JMH.
 */
public final class Main {
  private Main() {}

  /**
   * Runs what the first argument says, and ends the program with its exit code.
   *
   * @throws Exception if JMH fails
   */
  public static void main(String[] arguments) throws Exception {
    switch (arguments.length > 0 ? arguments[0] : "") {
      case HerdCommand.NAME -> run(new HerdCommand(), arguments);
      case TablesCommand.NAME -> run(new TablesCommand(), arguments);
      default -> org.openjdk.jmh.Main.main(arguments);
    }
  }

  private static void run(Object command, String[] arguments) {
    String[] rest = Arrays.copyOfRange(arguments, 1, arguments.length);
    System.exit(new CommandLine(command).execute(rest));
  }
}
