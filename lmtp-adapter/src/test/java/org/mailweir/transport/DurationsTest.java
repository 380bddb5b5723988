package org.mailweir.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
  @ParameterizedTest
  @CsvSource({
    "500ms, PT0.5S",
    "0s, PT0S",
    "5s, PT5S",
    "90s, PT1M30S",
    "2m, PT2M",
    "1h, PT1H",
    "999999999h, PT999999999H",
    "2d, PT48H",
  })
  void readsANumberWithItsUnit(String text, Duration expected) {
    assertThat(Durations.parse(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5",
        "",
        "s",
        "-5s",
        "+5s",
        "5 s",
        "5S",
        "1.5s",
        "5sec",
        "1h30m",
        "1w",
        "1000000000s"
      })
  void refusesEverythingElseAndNamesTheForm(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Durations.parse(text))
        .withMessage(
            "'%s' is not a duration: a whole number with its unit, such as 500ms, 5s, 2m, 1h, 5d",
            text);
  }

  @ParameterizedTest
  @CsvSource({
    "PT0S, 0s",
    "PT0.001S, 1ms",
    "PT1.5S, 1500ms",
    "PT90S, 90s",
    "PT120S, 2m",
    "PT2H, 2h",
    "PT48H, 2d"
  })
  void writesInTheLargestUnitThatFits(Duration duration, String expected) {
    assertThat(Durations.format(duration)).isEqualTo(expected);
  }

  @Property
  void readsBackWhatItWrote(@ForAll @LongRange(min = 0, max = 999_999_999) long millis) {
    Duration duration = Duration.ofMillis(millis);
    assertThat(Durations.parse(Durations.format(duration))).isEqualTo(duration);
  }
}
