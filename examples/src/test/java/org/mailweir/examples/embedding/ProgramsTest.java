package org.mailweir.examples.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The programs as they are started by hand, and as they are read. */
@Timeout(60)
class ProgramsTest {
  private static final Path SOURCES = Path.of("src/main/java/org/mailweir/examples/embedding");

  @TempDir Path folder;

  @Test
  void theBlockingOneRefusesTheSecondMessageToADeadDestination() throws Exception {
    List<String> lines = run("BlockingEmbedding");
    assertThat(lines).hasSize(4);
    assertThat(lines.get(0)).isEqualTo("alive.example: DELIVERED");
    assertThat(lines.get(1)).isEqualTo("dead.example: connect to dead.example timed out");
    assertThat(lines.get(2)).startsWith("dead.example: refused, SUSPENDED (connect to dead");
    assertThat(lines.get(3)).isEqualTo("alive.example: DELIVERED");
  }

  @Test
  void theAsynchronousOneTriesADeadDestinationOnce() throws Exception {
    assertThat(run("AsyncEmbedding"))
        .hasSize(4)
        .contains("alive.example: DELIVERED")
        .filteredOn(line -> line.startsWith("dead.example"))
        .filteredOn(line -> line.contains("refused, SUSP"))
        .isNotEmpty();
  }

  @Test
  void theRetryingOneEndsEachMessage() throws Exception {
    assertThat(run("RetryingEmbedding"))
        .contains("greylisting.example after 2 tries: DELIVERED")
        .contains("returning.example after 1 try: UNREACHABLE");
  }

  @Test
  void theOneWithABacklogEndsEachMessage() throws Exception {
    assertThat(run("BacklogEmbedding"))
        .contains("greylisting.example after 2 tries: DELIVERED")
        .contains("returning.example after 2 tries: DELIVERED")
        .contains("dead.example after 1 try: too old, goes back to its sender");
  }

  @ParameterizedTest
  @CsvSource({
    "BlockingEmbedding, 60",
    "AsyncEmbedding, 60",
    "RetryingEmbedding, 60",
    "BacklogEmbedding, 80"
  })
  void isShort(String program, int lines) throws IOException {
    assertThat(Files.readAllLines(SOURCES.resolve(program + ".java"))).hasSizeLessThan(lines);
  }

  @Test
  void needsNoOtherModuleThanTheCore() throws IOException {
    try (Stream<Path> files = Files.list(SOURCES)) {
      for (Path file : files.toList()) {
        assertThat(Files.readAllLines(file))
            .filteredOn(line -> line.startsWith("import "))
            .allMatch(line -> line.matches("import (java|org.jspecify|org.mailweir.core)\\..*"));
      }
    }
  }

  private List<String> run(String program) throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "org.mailweir.examples.embedding." + program)
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    try {
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    List<String> lines = Files.readAllLines(out, StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as(String.join("\n", lines)).isZero();
    return lines;
  }
}
