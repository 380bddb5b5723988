package org.mailweir.examples.herd;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.terminal.TerminalBuilder.SystemOutput;
import org.jline.utils.AttributedString;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;

/**
 * Shows a {@link Picture}: drawn over in place where there is a terminal, as a line every few
 * seconds where there is none, such as in a pipe.
 *
 * <p>Thread safety: used by one thread; {@link #close} may be called by any.
 */
abstract class Screen implements AutoCloseable {
  /** Draws what the picture shows now; the last news are of this run. */
  abstract void draw(Picture picture, Policy policy, double seconds);

  @Override
  public abstract void close();

  /** Opens a screen on what standard output is. */
  static Screen open(boolean plain, PrintStream out) throws IOException {
    if (plain) {
      return new Lines(out);
    }
    // No native code, as newer JVMs warn of that, and no questions to the terminal.
    Terminal terminal =
        TerminalBuilder.builder()
            .system(true)
            .systemOutput(SystemOutput.SysOut)
            .dumb(true)
            .jni(false)
            .ffm(false)
            .exec(true)
            .graphemeCluster(false)
            .nativeSignals(false) // the JVM's own run the shutdown hooks
            .build();
    boolean drawable =
        terminal.getStringCapability(Capability.cursor_up) != null
            && terminal.getColumns() > Picture.WIDTH
            && terminal.getRows() > 20;
    if (drawable) {
      return new Live(terminal);
    }
    terminal.close();
    return new Lines(out);
  }

  /** Draws over the last picture what differs from it, in one go. */
  private static final class Live extends Screen {
    private final Terminal terminal;
    private final Display display;
    private final Thread atExit = new Thread(this::restore, "restore-terminal");

    Live(Terminal terminal) {
      this.terminal = terminal;
      display = new Display(terminal, false);
      Runtime.getRuntime().addShutdownHook(atExit);
      terminal.puts(Capability.cursor_invisible);
      terminal.flush();
    }

    @Override
    void draw(Picture picture, Policy policy, double seconds) {
      display.resize(terminal); // it may have another size by now
      List<AttributedString> lines = picture.lines().stream().map(AttributedString::new).toList();
      // Behind the last line, so that what is printed next goes below.
      int end = Size.of(terminal).cursorPos(lines.size() - 1, lines.get(lines.size() - 1).length());
      display.update(lines, end);
      terminal.flush();
    }

    @Override
    public void close() {
      restore();
      try {
        Runtime.getRuntime().removeShutdownHook(atExit);
      } catch (IllegalStateException shuttingDown) {
        // Then it has run, or will: restoring twice does no harm.
      }
    }

    private synchronized void restore() {
      try {
        terminal.puts(Capability.cursor_visible);
        terminal.writer().println();
        terminal.flush();
        terminal.close();
      } catch (IOException gone) {
        // Whoever has closed it has it back already.
      }
    }
  }

  /** Prints a line when a run begins, every five seconds, and nothing else. */
  private static final class Lines extends Screen {
    private static final double EVERY = Duration.ofSeconds(5).toSeconds();

    private final PrintStream out;
    private double next = Double.NEGATIVE_INFINITY;
    private Policy shown = Policy.WITHOUT;
    private boolean titled;

    Lines(PrintStream out) {
      this.out = out;
    }

    @Override
    void draw(Picture picture, Policy policy, double seconds) {
      if (!titled) {
        picture.title().forEach(out::println);
        titled = true;
      }
      if (policy != shown) {
        next = Double.NEGATIVE_INFINITY;
        shown = policy;
      }
      if (seconds >= next) {
        out.println(picture.line(policy));
        next = Math.floor(seconds / EVERY) * EVERY + EVERY;
      }
    }

    @Override
    public void close() {
      out.flush();
    }
  }
}
