package org.mailweir.examples.herd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.mailweir.core.Refusal.Reason;

class PictureTest {
  private static final Plan PLAN =
      new Plan(
          1_000_000,
          10_000,
          500,
          Duration.ofSeconds(5),
          Duration.ofSeconds(8),
          Duration.ofHours(1));

  private final Picture picture = new Picture(PLAN);

  @Test
  void hasTheSameNumberOfLinesAllAlongAndFitsInEightyColumns() {
    int before = picture.lines().size();
    assertFits(picture.lines());
    picture.show(Policy.WITHOUT, moment(-3, 0));
    assertFits(picture.lines());
    assertThat(picture.lines()).hasSize(before).anyMatch(l -> l.endsWith("the herd comes in 3 s"));
    picture.show(Policy.WITHOUT, moment(3600, 500));
    picture.show(Policy.WITH, moment(3599.9, 500));
    assertFits(picture.lines());
    assertThat(picture.lines()).hasSize(before);
  }

  @Test
  void showsWhatIsHeldAndWhatIsRefused() {
    picture.show(Policy.WITH, moment(12, 250));
    assertThat(picture.lines())
        .anyMatch(l -> l.contains("[" + "#".repeat(15) + " ".repeat(15) + "] 250 of 500 for over"))
        .anyMatch(l -> l.contains("suspended 900,000, clients 800,000"));
  }

  @Test
  void isALineEveryFiveSecondsWhereThereIsNoTerminal() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Screen screen =
        Screen.open(true, new PrintStream(bytes, true, StandardCharsets.US_ASCII))) {
      for (Policy policy : Policy.values()) {
        for (double second = -5; second <= 10; second += 0.25) {
          picture.show(policy, moment(second, 1));
          screen.draw(picture, policy, second);
        }
      }
    }
    List<String> lines = bytes.toString(StandardCharsets.US_ASCII).lines().toList();
    assertFits(lines);
    assertThat(lines).hasSize(2 + 2 * 4); // at -5, 0, 5 and 10 s
    assertThat(lines.get(2)).startsWith("without the gate").contains("  -5 s: ");
    assertThat(lines.get(9)).startsWith("with the gate").contains("  10 s: ");
  }

  private static void assertFits(List<String> lines) {
    assertThat(lines)
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(79).matches("[ -~]*"));
  }

  private static Moment moment(double seconds, int held) {
    return new Moment(
        seconds,
        new FreshMail.Account(86_400, 86_399, 0.999, 3599.9),
        held,
        1_000_000,
        10_000,
        Arrays.stream(Reason.values())
            .collect(Collectors.toMap(r -> r, r -> r == Reason.CLIENTS ? 800_000L : 1L))
            .entrySet()
            .stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey,
                    e -> e.getKey() == Reason.SUSPENDED ? 900_000L : e.getValue())));
  }
}
