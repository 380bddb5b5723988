package org.mailweir.lab.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.lab.chart.Charts;
import picocli.CommandLine;

/** The laboratory on the command line. */
final class HerdCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path directory;

  private int run(Path to, String arguments) {
    return new CommandLine(new HerdCommand())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute((arguments + " --out " + to).split(" "));
  }

  @Test
  void runsAScenarioAndWritesWhatCameOfIt() throws IOException {
    int code = run(directory, "--scenario S12 --policy mailweir --max-clients 100 --seed 3");
    assertThat(code).isZero();
    assertThat(out.toString()).contains("S12: ", "mailweir, M = 100", "group.within-1s", "is met");
    assertThat(err.toString()).contains("virtual s");
    assertThat(directory.resolve("results.json"))
        .content()
        .contains("\"scenario\": \"S12\"", "\"clients\": 100", "\"seed\": 3");
    if (Charts.arePossible()) {
      for (String name : new String[] {"s12-wait", "s12-attempts", "s12-backlog"}) {
        assertThat(directory.resolve(name + ".svg")).content().startsWith("<?xml");
        assertThat(directory.resolve(name + ".png")).isNotEmptyFile();
      }
    }
  }

  @Test
  void sameSeedGivesTheSameBytes() throws IOException {
    String arguments = "--scenario S12 --policy mailweir,breaker,james --no-charts --seed 5";
    run(directory.resolve("a"), arguments);
    run(directory.resolve("b"), arguments);
    assertThat(
            Files.mismatch(
                directory.resolve("a/courses.json"), directory.resolve("b/courses.json")))
        .isEqualTo(-1);
  }

  @Test
  void goesThroughNumbersOfClients() {
    assertThat(run(directory, "--scenario S12 --sweep max-clients=20..40:10")).isZero();
    assertThat(out.toString()).contains("mailweir, M = 20", "mailweir, M = 30", "mailweir, M = 40");
  }

  @Test
  void tellsWhatThereIs() {
    assertThat(run(directory, "--list")).isZero();
    assertThat(out.toString()).contains("S3c ", "S12 ", "filtermail", "mailweir-relay");
  }

  @ParameterizedTest
  @CsvSource({
    "--scenario S99, unknown scenario: S99",
    "--policy best, unknown policy: best",
    "--max-clients 9, must be at least 10",
    "--active-limit 100 --policy none, must be above the number of clients",
    "--sweep max-clients=200..20, the lesser number first",
    "--sweep clients=1, expected max-clients=",
    "--nonsense, Unknown option"
  })
  void saysWhatIsWrong(String arguments, String words) {
    assertThat(run(directory, arguments)).isEqualTo(2);
    assertThat(err.toString()).contains(words);
  }

  @ParameterizedTest
  @ValueSource(strings = {"max-clients=20..200", "max-clients=20..200:20"})
  void sweepsInEvenSteps(String text) {
    assertThat(Sweep.parse(text).values())
        .containsExactly(20, 40, 60, 80, 100, 120, 140, 160, 180, 200);
  }
}
