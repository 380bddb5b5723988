package org.mailweir.examples.herd;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The demo: plays both runs, shows them, and ends with a table and a chart. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Plays a herd of deferred mail against a transport on loopback, without the gate and with"
            + " it, in about a minute.")
public final class HerdDemo implements Callable<Integer> {
  @Option(
      names = "--messages",
      paramLabel = "N",
      defaultValue = "20000",
      description = "messages in the herd; default ${DEFAULT-VALUE}")
  private int messages;

  @Option(
      names = "--dead",
      paramLabel = "N",
      defaultValue = "200",
      description = "dead hosts that it is for; default ${DEFAULT-VALUE}")
  private int dead;

  @Option(
      names = "--clients",
      paramLabel = "N",
      defaultValue = "100",
      description = "LMTP clients; default ${DEFAULT-VALUE}")
  private int clients;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "25",
      description = "length of each run; default ${DEFAULT-VALUE}")
  private int seconds;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "target/herd",
      description = "where the chart goes; default ${DEFAULT-VALUE}")
  private Path out = Path.of("target", "herd");

  @Option(names = "--plain", description = "print lines, even to a terminal")
  private boolean plain;

  @Spec private @Nullable CommandSpec spec;

  /** Runs the demo; ends with 0, 1 if it failed, 2 for wrong options. */
  public static void main(String[] arguments) {
    System.setProperty("java.awt.headless", "true");
    System.setProperty("logback.configurationFile", "logback-demo.xml");
    System.exit(new CommandLine(new HerdDemo()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Plan plan = plan();
    PrintStream console = System.out;
    RunResult without;
    RunResult with;
    Picture picture = new Picture(plan);
    try (Screen screen = Screen.open(plain, console)) {
      without = play(Policy.WITHOUT, plan, picture, screen);
      with = play(Policy.WITH, plan, picture, screen);
    }
    console.println();
    Report.of(plan, without, with).forEach(console::println);
    console.println();
    chart(new HerdChart(plan, without, with), console);
    return 0;
  }

  private static RunResult play(Policy policy, Plan plan, Picture picture, Screen screen)
      throws IOException, InterruptedException {
    return new HerdRun(
            policy,
            plan,
            (run, moment) -> {
              picture.show(run, moment);
              screen.draw(picture, run, moment.seconds());
            })
        .run();
  }

  private void chart(HerdChart chart, PrintStream console) throws IOException {
    if (HerdChart.isPossible()) {
      chart.write(out);
      console.println("Chart: " + out.resolve("herd.svg") + " and herd.png");
    } else {
      console.println("No chart: this machine has no fonts. On Debian: apt install fonts-dejavu");
    }
  }

  private Plan plan() {
    require(messages >= 100 && messages <= 1_000_000, "--messages: from 100 to 1000000");
    require(dead >= 1 && dead <= 10_000, "--dead: from 1 to 10000");
    require(clients >= 10 && clients <= 500, "--clients: from 10 to 500");
    require(seconds >= 10 && seconds <= 3600, "--seconds: from 10 to 3600");
    return new Plan(
        messages,
        dead,
        clients,
        Duration.ofSeconds(5),
        Duration.ofSeconds(8),
        Duration.ofSeconds(seconds));
  }

  private void require(boolean condition, String complaint) {
    if (!condition) {
      throw new ParameterException(requireNonNull(spec).commandLine(), complaint);
    }
  }
}
