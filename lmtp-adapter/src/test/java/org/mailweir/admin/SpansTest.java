package org.mailweir.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpansTest {
  @ParameterizedTest
  @CsvSource({
    "PT-5S, 0 s",
    "PT0S, 0 s",
    "PT1.999S, 1 s",
    "PT119S, 119 s",
    "PT120S, 2 min",
    "PT119M59S, 119 min",
    "PT2H, 2 h",
    "PT2H5M, 2 h 05 min",
    "PT47H59M, 47 h 59 min",
    "PT48H, 2 d",
    "PT52H, 2 d 4 h"
  })
  void saysInFewWordsHowLongItIs(Duration span, String words) {
    assertThat(Spans.of(span)).isEqualTo(words);
  }
}
