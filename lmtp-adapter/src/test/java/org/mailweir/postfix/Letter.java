package org.mailweir.postfix;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.mailweir.loopback.Arrival;
import org.mailweir.loopback.LmtpMessage;

/** Messages that differ from each other, and whether one has arrived as it was handed in. */
final class Letter {
  /** What Postfix puts on top: one field, folded. */
  private static final Pattern RECEIVED =
      Pattern.compile("Received: [^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*");

  private static final int WIDEST = 900; // Postfix folds lines of more than 998 bytes

  private Letter() {}

  /**
   * Returns a message with all that is easily lost on the way: dots at the start of lines, blanks
   * at the end, empty lines, wide lines, bytes above 127. It has the header fields that Postfix
   * would add.
   */
  static LmtpMessage to(String... recipients) {
    String subject = String.join(" ", recipients);
    int n = Math.floorMod(subject.hashCode(), WIDEST);
    String text =
        """
        Message-ID: <%1$d.%2$s>
        Date: Sun, 22 Nov 2026 03:00:00 +0000
        From: sender@sender.test
        To: undisclosed-recipients:;
        Subject: %3$s

        .
        ..two dots, and a blank at the end:\s
        .hidden \u00e4\u00f6\u00fc \u20ac

        %4$s
        >From here on
        .
        """
            .formatted(n, recipients[0], subject, "x".repeat(n));
    return new LmtpMessage(
        "", "sender@sender.test", List.of(recipients), LmtpMessage.Content.of(text + "\n\n"));
  }

  /** Fails unless the message arrived byte for byte, behind what Postfix puts on top. */
  static void assertUnchanged(Arrival arrival, String... recipients) {
    byte[] sent = to(recipients).content().bytes();
    byte[] came = arrival.content().orElseThrow().bytes();
    assertThat(came).as("mail to %s", List.of(recipients)).hasSizeGreaterThan(sent.length);
    int top = came.length - sent.length;
    assertThat(Arrays.copyOfRange(came, top, came.length)).isEqualTo(sent);
    assertThat(new String(came, 0, top, UTF_8)).matches(RECEIVED);
  }
}
