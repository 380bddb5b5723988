package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateTest {
  @ParameterizedTest
  @CsvSource({
    "20, PT1M, 1, 3000000000, 0",
    "3, PT0.00000001S, 1, 4, 0", // 10 ns / 3, rounded up: never faster than the rate
    "7, PT1S, 3, 142857143, 285714286",
    "2147483647, PT0.000000001S, 1, 1, 0",
    "86400, P1D, 86400, 1000000000, 86399000000000"
  })
  void spacesEvenly(int messages, Duration per, int burst, long spacing, long tolerance) {
    Rate rate = new Rate(messages, per, burst);
    assertThat(rate.spacing()).isEqualTo(spacing);
    assertThat(rate.tolerance()).isEqualTo(tolerance);
  }

  @ParameterizedTest
  @CsvSource({
    "0, PT1S, 1",
    "-1, PT1S, 1",
    "1, PT0S, 1",
    "1, PT-1S, 1",
    "1, PT24H0.000000001S, 1",
    "5, PT1S, 0",
    "5, PT1S, 6"
  })
  void refusesWhatMakesNoSense(int messages, Duration per, int burst) {
    assertThatThrownBy(() -> new Rate(messages, per, burst))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void saysWhatItIs() {
    assertThat(Rate.evenly(20, Duration.ofMinutes(1))).hasToString("20 messages in 1m");
    assertThat(new Rate(30, Duration.ofSeconds(90), 5))
        .hasToString("30 messages in 1m30s, 5 at once");
    assertThat(Rate.evenly(1, Duration.ofDays(1))).hasToString("1 message in 24h");
  }
}
