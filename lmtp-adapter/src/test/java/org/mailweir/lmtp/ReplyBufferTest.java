package org.mailweir.lmtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mailweir.message.Reply;

class ReplyBufferTest {
  @ParameterizedTest
  @CsvSource({
    "250, 2.1.5, 250 2.1.5 text",
    "451, 4.4.1, 451 4.4.1 text",
    "550, '', 550 5.0.0 text",
    "550, 4.4.1, 550 5.0.0 text",
    "450, 4.x.1, 450 4.0.0 text",
    "354, '', '451 4.3.0 Internal error, try later'",
    "999, 9.9.9, '451 4.3.0 Internal error, try later'",
    "0, '', '451 4.3.0 Internal error, try later'",
    "-250, '', '451 4.3.0 Internal error, try later'",
  })
  void makesAnyReplyFitForARecipient(int code, String status, String line) {
    assertThat(written(new Reply(code, status, "text"))).isEqualTo(line + "\r\n");
  }

  @Property
  void writesOneBoundedLineWhateverTheTextIs(
      @ForAll @IntRange(min = 200, max = 599) int code,
      @ForAll String status,
      @ForAll String text) {
    String line = written(new Reply(code, status, text));
    assertThat(line).matches("[245][0-9][0-9] [245]\\.[0-9]+\\.[0-9]+ [ -~]*\\r\\n");
    assertThat(line.length()).isLessThanOrEqualTo(512);
    assertThat(line.charAt(0)).isEqualTo(line.charAt(4));
  }

  private static String written(Reply reply) {
    ReplyBuffer buffer = new ReplyBuffer();
    buffer.add(ReplyBuffer.forRecipient(reply));
    return new String(buffer.take(), StandardCharsets.US_ASCII);
  }
}
