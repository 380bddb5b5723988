package org.mailweir.examples.relay.control;

import java.io.IOException;
import java.util.Locale;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.terminal.TerminalBuilder.SystemOutput;

/**
 * What is written on.
 *
 * @param width columns; 0 where lines may be as long as they are, as in a pipe
 * @param colours whether colours are understood, and wanted
 */
record Paper(int width, boolean colours) {
  private static final int NARROWEST = 40;

  /** Returns what standard output is. */
  static Paper ofSystem() {
    try (Terminal terminal =
        TerminalBuilder.builder()
            .system(true)
            .systemOutput(SystemOutput.SysOut)
            .dumb(true)
            .jni(false)
            .ffm(false)
            .exec(true)
            .graphemeCluster(false)
            .nativeSignals(false)
            .build()) {
      if (terminal.getType().toLowerCase(Locale.ROOT).startsWith("dumb")) {
        return new Paper(0, false);
      }
      boolean colours = System.getenv("NO_COLOR") == null;
      return new Paper(Math.max(NARROWEST, terminal.getColumns()), colours);
    } catch (IOException unknown) {
      return new Paper(0, false);
    }
  }

  /** Returns whether it is a terminal, which somebody reads. */
  boolean isTerminal() {
    return width > 0;
  }

  /** Returns a word in the colour of a standing. */
  String standing(String standing) {
    if (!colours) {
      return standing;
    }
    return switch (standing.strip()) {
      case "suspended", "by hand" -> "\u001b[31m" + standing + "\u001b[0m";
      case "suspect", "recovering" -> "\u001b[33m" + standing + "\u001b[0m";
      default -> standing;
    };
  }

  /** Returns text that stands back. */
  String faint(String text) {
    return colours ? "\u001b[2m" + text + "\u001b[0m" : text;
  }

  /** Returns text that fits into so many columns; cut text ends with two dots. */
  static String fitted(String text, int columns) {
    if (columns <= 0 || text.length() <= columns) {
      return text;
    }
    return text.substring(0, Math.max(0, columns - 2)) + "..";
  }
}
