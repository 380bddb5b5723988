package org.mailweir.examples.relay.control;

import static java.util.Objects.requireNonNull;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.mailweir.examples.relay.control.Actions.Target;
import org.mailweir.transport.Durations;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/**
 * The commands that talk to a running relay: {@code list}, {@code show}, {@code flush}, {@code
 * suspend}, {@code resume}, {@code expire}, {@code remove}. Exit codes: 0 done, 1 failed or not
 * found, 2 usage.
 */
@Command(
    name = "relay",
    synopsisSubcommandLabel = "COMMAND",
    sortOptions = false,
    usageHelpAutoWidth = true,
    description = "Talks to a running relay.")
public final class ControlCommand {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;

  private static final Set<String> NAMES =
      Set.of("list", "show", "flush", "suspend", "resume", "expire", "remove");

  private final PrintWriter out;
  private final PrintWriter err;
  private final Actions actions;

  private ControlCommand(
      PrintWriter out, PrintWriter err, Paper paper, Predicate<String> confirmation) {
    this.out = out;
    this.err = err;
    actions = new Actions(out, paper, confirmation);
  }

  /** Returns whether a word is one of the commands. */
  public static boolean isCommand(String word) {
    return NAMES.contains(word);
  }

  /**
   * Carries out a command line whose first word is a command.
   *
   * @return the exit code
   */
  public static int run(String[] args, PrintWriter out, PrintWriter err) {
    Paper paper = Paper.ofSystem();
    return run(args, out, err, paper, new Confirmation(out, paper));
  }

  static int run(
      String[] args,
      PrintWriter out,
      PrintWriter err,
      Paper paper,
      Predicate<String> confirmation) {
    ControlCommand commands = new ControlCommand(out, err, paper, confirmation);
    int code =
        new CommandLine(commands)
            .registerConverter(Duration.class, (ITypeConverter<Duration>) Durations::parse)
            .setParameterExceptionHandler((wrong, line) -> commands.wrong(wrong))
            .setExecutionExceptionHandler((failure, command, line) -> commands.failed(failure))
            .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
            .setOut(out)
            .setErr(err)
            .execute(args);
    out.flush();
    err.flush();
    return code;
  }

  @Command(
      name = "list",
      description =
          "Shows the destinations with the most mail, or the messages of one: depth, oldest,"
              + " standing, next try, and what holds the mail back.")
  int list(
      @Mixin Where where,
      @Parameters(arity = "0..1", paramLabel = "DESTINATION") @Nullable String destination,
      @Option(
              names = "-n",
              paramLabel = "N",
              defaultValue = "50",
              description = "rows (default: 50)")
          int rows)
      throws ControlException {
    if (destination == null) {
      actions.list(target(where), rows);
    } else {
      actions.messages(target(where), destination, rows);
    }
    return DONE;
  }

  @Command(name = "show", description = "Shows a message: where it waits, why, and until when.")
  int show(@Mixin Where where, @Parameters(paramLabel = "ID") String id) throws ControlException {
    actions.show(target(where), id);
    return DONE;
  }

  @Command(
      name = "flush",
      description =
          "Makes all mail due now, or that of a destination. It leaves as its destinations take"
              + " it; a suspended one is probed first. Says how long that will take.")
  int flush(
      @Mixin Where where,
      @Parameters(arity = "0..1", paramLabel = "DESTINATION") @Nullable String destination)
      throws ControlException {
    actions.flush(target(where), destination);
    return DONE;
  }

  @Command(
      name = "suspend",
      description = "Holds a destination's mail; deliveries under way go on.")
  int suspend(
      @Mixin Where where,
      @Parameters(paramLabel = "DESTINATION") String destination,
      @Option(
              names = "--for",
              paramLabel = "D",
              description = "how long: 90s, 30m, 2h, 5d (default: until resumed, at most 365d)")
          @Nullable Duration time,
      @Option(
              names = "--reason",
              paramLabel = "TEXT",
              defaultValue = "",
              description = "shown later")
          String reason)
      throws ControlException {
    actions.suspend(target(where), destination, time, reason);
    return DONE;
  }

  @Command(name = "resume", description = "Ends a suspension by hand.")
  int resume(@Mixin Where where, @Parameters(paramLabel = "DESTINATION") String destination)
      throws ControlException {
    actions.resume(target(where), destination);
    return DONE;
  }

  @Command(
      name = "expire",
      description = "Gives mail up now: its senders are told that it was not delivered.")
  int expire(
      @Mixin Where where, @Mixin Sure sure, @Parameters(paramLabel = "ID|DESTINATION") String what)
      throws ControlException {
    return actions.withdraw(target(where), what, sure.yes, true) ? DONE : FAILED;
  }

  @Command(name = "remove", description = "Deletes mail; nobody is told.")
  int remove(
      @Mixin Where where, @Mixin Sure sure, @Parameters(paramLabel = "ID|DESTINATION") String what)
      throws ControlException {
    return actions.withdraw(target(where), what, sure.yes, false) ? DONE : FAILED;
  }

  /** Where the relay is, and how to answer. */
  static final class Where {
    @Option(
        names = "--admin",
        paramLabel = "HOST:PORT",
        description = "where the relay was told to answer (its option --admin)")
    private @Nullable String admin;

    @Option(names = "--config", paramLabel = "FILE", description = "file with admin = HOST:PORT")
    private @Nullable Path config;

    @Option(names = "--json", description = "answer with JSON")
    private boolean json;

    @SuppressWarnings("UnusedVariable") // picocli looks at it
    @Option(names = "--help", usageHelp = true, description = "show this and exit")
    private boolean help;
  }

  /** Whether to ask. */
  static final class Sure {
    @Option(names = "--yes", description = "do not ask")
    private boolean yes;
  }

  private static Target target(Where where) throws ControlException {
    return new Target(new ControlClient(AdminAddress.find(where.admin, where.config)), where.json);
  }

  private int wrong(ParameterException wrong) {
    err.println("relay: " + Plain.text(requireNonNull(wrong.getMessage())));
    err.println("relay " + wrong.getCommandLine().getCommandName() + " --help shows the options");
    return USAGE;
  }

  private int failed(Exception failure) throws Exception {
    if (failure instanceof ControlException told) {
      out.flush();
      err.println("relay: " + told.getMessage());
      return told.exitCode();
    }
    throw failure;
  }
}
