package org.mailweir.lab.command;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.mailweir.lab.chart.Charts;
import org.mailweir.lab.injector.PostfixSettings;
import org.mailweir.lab.policy.Policies;
import org.mailweir.lab.scenario.Laboratory;
import org.mailweir.lab.scenario.Result;
import org.mailweir.lab.scenario.Scenario;
import org.mailweir.lab.scenario.Scenarios;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs scenarios under policies, and shows what came of it. */
@Command(
    name = HerdCommand.NAME,
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "What would happen if: herds of mail in virtual time, with the production gate.",
      "Prints tables; writes them, JSON and pictures (SVG and PNG) to --out."
    })
final class HerdCommand implements Callable<Integer> {
  static final String NAME = "herd";

  @Option(
      names = "--scenario",
      paramLabel = "NAME",
      split = ",",
      description = "one or more of S1, S2 ...; --list tells them all. Default: S3")
  List<String> scenarios = List.of("S3");

  @Option(
      names = "--policy",
      paramLabel = "NAME",
      split = ",",
      description = "one or more; --list tells them all. Default: all, each with its usual clients")
  List<String> policies = List.of();

  @Option(
      names = "--max-clients",
      paramLabel = "M",
      description = "clients that may hold a message, from 10; default: the policy's usual number")
  @Nullable Integer clients;

  @Option(
      names = "--active-limit",
      paramLabel = "N",
      description =
          "qmgr_message_active_limit; default: M + 20 for mailweir, Postfix's 20,000 for the others")
  @Nullable Integer activeLimit;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "from which all is drawn; the same seed gives the same result. Default: 7")
  long seed = 7;

  @Option(names = "--all", description = "all scenarios")
  boolean all;

  @Option(
      names = "--sweep",
      paramLabel = "max-clients=LEAST..MOST[:STEP]",
      description = "one run for each number of clients")
  @Nullable String sweep;

  @Option(
      names = "--out",
      paramLabel = "DIRECTORY",
      description = "for what is written; default: ./herd")
  Path out = Path.of("herd");

  @Option(names = "--no-charts", description = "no pictures")
  boolean noCharts;

  @Option(names = "--list", description = "tells scenarios and policies, and ends")
  boolean list;

  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintWriter screen = requireNonNull(spec).commandLine().getOut();
    if (list) {
      list(screen);
      return 0;
    }
    List<Row> rows = rows();
    List<Result> results = new ArrayList<>();
    List<String> tables = new ArrayList<>();
    for (Scenario scenario : chosen()) {
      List<Result> ofScenario = run(scenario, rows);
      Table.lines(scenario, ofScenario).forEach(screen::println);
      screen.println();
      screen.flush();
      results.addAll(ofScenario);
      tables.addAll(Table.markdown(scenario, ofScenario));
      draw(scenario, ofScenario, screen);
    }
    Files.createDirectories(out);
    Path json = out.resolve("results.json");
    Files.writeString(json, Json.figures(results));
    Path courses = out.resolve("courses.json");
    Files.writeString(courses, Json.courses(results));
    Path markdown = out.resolve("results.md");
    Files.write(markdown, tables);
    screen.println("written: " + json + " " + courses + " " + markdown);
    screen.flush();
    return 0;
  }

  private List<Result> run(Scenario scenario, List<Row> rows) {
    List<Result> results = new ArrayList<>();
    PrintWriter progress = requireNonNull(spec).commandLine().getErr();
    for (Row row : rows) {
      Ticks ticks = new Ticks(progress, scenario, row, results.size() + 1, rows.size());
      PostfixSettings postfix = PostfixSettings.of(row.clients(), activeLimit(row));
      results.add(new Laboratory(scenario, row.policy(), postfix, seed).run(ticks::at));
      ticks.done();
    }
    return results;
  }

  private void draw(Scenario scenario, List<Result> results, PrintWriter screen)
      throws IOException {
    if (noCharts) {
      return;
    }
    if (!Charts.arePossible()) {
      screen.println("no pictures: this machine has no fonts (Debian: fonts-dejavu-core)");
      return;
    }
    List<Path> written =
        sweep == null
            ? Charts.write(out, scenario, results)
            : Charts.writeSweep(out, scenario, results);
    screen.println(
        written.stream().map(Path::toString).collect(Collectors.joining(" ", "written: ", "")));
  }

  // -- what was chosen

  private List<Scenario> chosen() {
    return all
        ? Scenarios.all()
        : scenarios.stream()
            .map(name -> Scenarios.of(name).orElseThrow(() -> unknown("scenario", name)))
            .toList();
  }

  private List<Row> rows() {
    List<Policies> named =
        policies.stream()
            .map(name -> Policies.of(name).orElseThrow(() -> unknown("policy", name)))
            .toList();
    if (sweep != null) {
      return swept(named.isEmpty() ? List.of(Policies.MAILWEIR) : named);
    }
    if (named.isEmpty() && clients == null) {
      return Row.ALL;
    }
    List<Policies> all = named.isEmpty() ? Arrays.asList(Policies.values()) : named;
    return all.stream().map(policy -> new Row(policy, clientsOf(policy))).toList();
  }

  private int clientsOf(Policies policy) {
    int chosen = clients == null ? policy.clients() : clients;
    if (chosen < 10) {
      throw bad("--max-clients: " + chosen + ", must be at least 10");
    }
    return chosen;
  }

  private int activeLimit(Row row) {
    if (activeLimit == null) {
      return row.policy().activeLimit(row.clients());
    }
    if (activeLimit <= row.clients()) {
      throw bad("--active-limit: " + activeLimit + ", must be above the number of clients");
    }
    return activeLimit;
  }

  private List<Row> swept(List<Policies> named) {
    List<Row> rows = new ArrayList<>();
    try {
      for (int value : Sweep.parse(requireNonNull(sweep)).values()) {
        named.forEach(policy -> rows.add(new Row(policy, value)));
      }
    } catch (IllegalArgumentException wrong) {
      throw bad("--sweep: " + wrong.getMessage());
    }
    return rows;
  }

  private ParameterException unknown(String what, String name) {
    return bad("unknown " + what + ": " + name + "; --list tells them all");
  }

  private ParameterException bad(String message) {
    return new ParameterException(requireNonNull(spec).commandLine(), message);
  }

  private static void list(PrintWriter screen) {
    Scenarios.all()
        .forEach(
            scenario -> screen.printf(Locale.ROOT, "%-5s %s%n", scenario.name(), scenario.story()));
    screen.println();
    for (Policies policy : Policies.values()) {
      screen.printf(Locale.ROOT, "%-16s M = %d%n", policy.key(), policy.clients());
    }
    screen.flush();
  }
}
