package org.mailweir.examples.herd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class HerdDemoTest {
  private static final Plan SMALL =
      new Plan(400, 20, 10, Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(6));

  @TempDir Path directory;

  @Test
  @Timeout(60)
  void freshMailStopsWithoutTheGateAndGoesOnWithIt() throws Exception {
    List<Moment> watched = new ArrayList<>();
    RunResult without = new HerdRun(Policy.WITHOUT, SMALL, (p, m) -> watched.add(m)).run();
    RunResult with = new HerdRun(Policy.WITH, SMALL, (p, m) -> watched.add(m)).run();

    assertThat(watched).hasSize(without.moments().size() + with.moments().size());
    assertThat(without.mostHeld()).isEqualTo(SMALL.clients());
    assertThat(without.last().herdAnswered()).isLessThanOrEqualTo(SMALL.forReturning());
    assertThat(without.last().refused()).isEmpty();
    assertThat(with.last().refused()).isNotEmpty();
    assertThat(with.last().herdAnswered()).isGreaterThan(SMALL.messages() / 2);
    assertThat(with.last().fresh().delivered())
        .isGreaterThan(without.last().fresh().delivered() * 2);
    assertThat(with.peakAtReturned()).isLessThanOrEqualTo(World.CONNECTIONS_OF_RETURNING);
    assertThat(with.twice()).isZero();
    assertThat(without.twice()).isZero();
  }

  @Test
  void reportsBothRunsSideBySide() {
    List<String> lines = Report.of(SMALL, result(Policy.WITHOUT, 3), result(Policy.WITH, 240));
    assertThat(lines).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(79));
    assertThat(lines.get(0)).containsSubsequence("without the gate", "with the gate");
    assertThat(lines).anyMatch(line -> line.matches("  never started +237 +0"));
    assertThat(lines)
        .anyMatch(line -> line.matches("  p99 of the wait +over 4.2 s \\(cut\\) +4.20 s"));
  }

  @Test
  void drawsTheChartAsSvgAndPng() throws Exception {
    Assumptions.assumeTrue(HerdChart.isPossible(), "SKIPPED: no fonts on this machine");
    new HerdChart(SMALL, result(Policy.WITHOUT, 3), result(Policy.WITH, 240)).write(directory);
    assertThat(Files.readString(directory.resolve("herd.svg"), UTF_8))
        .contains("<svg", "stroke:rgb(31,111,178)", "stroke:rgb(192,57,43)");
    assertThat(ImageIO.read(directory.resolve("herd.png").toFile()).getWidth()).isEqualTo(900);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--clients=9", "--messages=many", "--dead=0", "--colour", "--seconds=1"})
  void endsWithOneClearLineForWrongOptions(String option) {
    StringWriter complaint = new StringWriter();
    int code = new CommandLine(new HerdDemo()).setErr(new PrintWriter(complaint)).execute(option);
    assertThat(code).isEqualTo(2);
    assertThat(complaint.toString()).contains(option.replaceFirst("=.*", ""));
  }

  private static RunResult result(Policy policy, int delivered) {
    List<Moment> moments =
        List.of(
            new Moment(0, new FreshMail.Account(0, 0, 1, 0), 0, 0, 0, Map.of()),
            new Moment(6, new FreshMail.Account(240, delivered, 0.5, 4.2), 7, 100, 1, Map.of()));
    return new RunResult(policy, moments, 20, 0);
  }
}
