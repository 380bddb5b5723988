package org.mailweir.examples.primitives;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples do what they say. */
@Isolated("reads the standard output")
@Timeout(60)
class PrimitiveExamplesTest {
  private interface Program {
    void main(String... args) throws Exception;
  }

  @Test
  void retriesAMessageUntilItGoesBackToItsSender() throws Exception {
    List<String> printed = printedBy(RetryScheduleExample::main);
    assertThat(printed.get(0)).startsWith("1: greylisted, again in PT");
    assertThat(printed.get(2)).startsWith("3: unreachable, again in PT");
    assertThat(printed.get(printed.size() - 1)).isEqualTo("returned to its sender after 5 days");
    assertThat(printedBy(RetryScheduleExample::main)).isEqualTo(printed);
  }

  @Test
  void handsConnectionsOutWithinTheLimits() throws Exception {
    assertThat(printedBy(ConcurrencyLimiterExample::main))
        .containsExactly(
            "a third of retried mail: false",
            "who waited has one: true",
            "fresh mail has a permit of whole: whole 3/3, retried mail 2/2");
  }

  @Test
  void refusesWhatGoesBeyondTheDepth() throws Exception {
    assertThat(printedBy(DestinationDepthsExample::main))
        .containsExactly(
            "delivered now",
            "delivered now",
            "waits",
            "451 4.4.1 too much for a.example already",
            "to b.example: true, [Depth[destination=a.example, inFlight=2, waiting=1],"
                + " Depth[destination=b.example, inFlight=1, waiting=0]]",
            "Depth[destination=b.example, inFlight=0, waiting=0]");
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        RetryScheduleExample.class,
        ConcurrencyLimiterExample.class,
        DestinationDepthsExample.class
      })
  void eachIsAboutTwelveLines(Class<?> example) throws IOException {
    String source = "src/main/java/" + example.getName().replace('.', '/') + ".java";
    assertThat(
            Files.readAllLines(Path.of(source)).stream()
                .dropWhile(line -> !line.contains(" main("))
                .skip(1)
                .takeWhile(line -> !line.equals("  }"))
                .filter(line -> !line.isBlank()))
        .hasSizeBetween(10, 15);
  }

  private static List<String> printedBy(Program program) throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      program.main();
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
