package org.mailweir.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RemoteReplyTest {
  private static RemoteReply reply(int code, String... lines) {
    return new RemoteReply(code, List.of(lines));
  }

  @ParameterizedTest
  @CsvSource({
    "550, 5.1.1 no such user, 5.1.1",
    "250, 2.0.0, 2.0.0",
    "451, 4.7.650 later, 4.7.650",
    "550, 4.1.1 wrong class, ''",
    "250, 5.1.1 wrong class, ''",
    "550, no such user, ''",
    "550, 5.1.1no, ''",
    "354, 3.0.0 go, ''"
  })
  void takesTheEnhancedCodeWhereItsClassIsThatOfTheCode(int code, String line, String status) {
    assertThat(reply(code, line).status()).isEqualTo(status);
  }

  @Test
  void joinsLinesWithTheEnhancedCodeOnce() {
    assertThat(reply(550, "5.1.1 no such", "5.1.1 user here", "5.1.1").text())
        .isEqualTo("5.1.1 no such user here");
  }

  @ParameterizedTest
  @CsvSource({
    "421, closing, true",
    "451, 4.7.0 Too many connections from your IP, true",
    "452, too many concurrent SMTP sessions, true",
    "450, Connection rate limit exceeded, true",
    "554, Too many connections, false",
    "452, 4.5.3 too many recipients, false",
    "450, try later, false",
    "250, too many connections, false"
  })
  void knowsWhenTheHostPushesBack(int code, String line, boolean pushed) {
    assertThat(reply(code, line).pushesBack()).isEqualTo(pushed);
  }

  @ParameterizedTest
  @CsvSource({
    "451, 4.7.28 unusual amount of mail, true",
    "451, 4.3.2 not now, true",
    "452, Too many messages, true",
    "450, sending RATE exceeded, true",
    "450, rate-limited, true",
    "450, 4.2.0 inaccurate, false",
    "450, moderate corporate traffic, false",
    "550, 5.7.1 too many spams, false",
    "450, 4.7.1 Greylisted for 300 seconds, false",
    "451, 4.7.1 Graylisting in action, false"
  })
  void knowsWhenTheHostAsksForLess(int code, String line, boolean throttled) {
    assertThat(reply(code, line).throttles()).isEqualTo(throttled);
  }
}
