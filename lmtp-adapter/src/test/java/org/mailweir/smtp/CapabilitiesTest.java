package org.mailweir.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CapabilitiesTest {
  private static Capabilities of(String... lines) {
    return Capabilities.of(new RemoteReply(250, List.of(lines)));
  }

  @Test
  void readsWhatIsOffered() {
    Capabilities offered = of("mx", "PIPELINING", "8bitmime", "SMTPUTF8", "STARTTLS", "DSN", "");
    assertThat(offered)
        .isEqualTo(new Capabilities(true, true, true, true, true, java.util.OptionalLong.empty()));
  }

  @Test
  void takesTheFirstLineForTheName() {
    assertThat(of("PIPELINING")).isEqualTo(Capabilities.NONE);
  }

  @ParameterizedTest
  @CsvSource({
    "SIZE, 0",
    "SIZE 0, 0",
    "SIZE 1000, 1000",
    "size  77, 77",
    "SIZE x, 0",
    "SIZE -5, 0",
    "SIZE 99999999999999999999, 0"
  })
  void readsSize(String line, long size) {
    assertThat(of("mx", line).size()).hasValue(size);
  }

  @Test
  void admitsUpToTheSizeOffered() {
    assertThat(of("mx", "SIZE 10").admits(10)).isTrue();
    assertThat(of("mx", "SIZE 10").admits(11)).isFalse();
    assertThat(of("mx", "SIZE").admits(1L << 40)).isTrue();
    assertThat(Capabilities.NONE.admits(1L << 40)).isTrue();
  }
}
