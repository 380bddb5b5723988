package org.mailweir.consumer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.core.DestinationGate;

/** The program runs with core and JCTools and nothing else, in both ways that Java has. */
@Timeout(120)
class ConsumerTest {
  private static final List<String> JARS =
      List.of(
          placeOf(Consumer.class),
          placeOf(DestinationGate.class),
          placeOf(MpscUnboundedAtomicArrayQueue.class));

  @Test
  void runsOnTheModulePath() throws Exception {
    String printed =
        java("--module-path", join(JARS), "--module", "org.mailweir.consumer/" + main());
    assertThat(printed).startsWith("module org.mailweir.core");
    assertAllPartsWork(printed);
  }

  @Test
  void runsOnTheClassPath() throws Exception {
    String printed = java("--class-path", join(JARS), main());
    assertThat(printed).startsWith("no module");
    assertAllPartsWork(printed);
  }

  private static void assertAllPartsWork(String printed) {
    assertThat(printed.lines().skip(1))
        .as(printed)
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("schedule true"),
            line -> assertThat(line).startsWith("limiter true"),
            line -> assertThat(line).isEqualTo("depths true"),
            line -> assertThat(line).isEqualTo("gate true"),
            line -> assertThat(line).isEqualTo("backlog true"));
  }

  private static String java(String... args) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(args));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(printed).isTrue();
    assertThat(process.exitValue()).as(printed).isZero();
    return printed;
  }

  private static String main() {
    return Consumer.class.getName();
  }

  private static String join(List<String> jars) {
    return String.join(File.pathSeparator, jars);
  }

  private static String placeOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (java.net.URISyntaxException unlikely) {
      throw new IllegalStateException(unlikely);
    }
  }
}
