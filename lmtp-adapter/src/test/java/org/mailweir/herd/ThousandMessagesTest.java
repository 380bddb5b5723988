package org.mailweir.herd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.loopback.Letters;
import org.mailweir.loopback.LmtpConnection;
import org.mailweir.loopback.LmtpMessage.Content;
import org.mailweir.loopback.LmtpOutcome;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.transport.Transport;

/**
 * A thousand generated messages arrive byte for byte: dots at the start of lines, bytes above 127,
 * lines of many thousand bytes, no body at all, sizes around those of buffers.
 */
class ThousandMessagesTest {
  private static final int MESSAGES = 1000;
  private static final int[] EDGES = {1024, 4096, 8192, 32 * 1024, 64 * 1024, 256 * 1024};

  private final SplittableRandom random = new SplittableRandom(20_261_122);

  @Test
  @Timeout(120)
  void arriveByteForByte() throws Exception {
    Letters letters = new Letters();
    try (HerdWorld world = HerdWorld.open()) {
      List<String> domains = world.alive("alive", 5, SinkBehaviour.healthy());
      Transport transport = world.start();
      List<LmtpOutcome> outcomes = new ArrayList<>();
      LmtpConnection client = world.client(transport);
      for (int i = 0; i < MESSAGES; i++) {
        Content content = Content.of(content(i).getBytes(ISO_8859_1));
        outcomes.add(client.send(letters.with(content, domains.get(i % 5)), false));
      }
      assertThat(outcomes).allMatch(LmtpOutcome::delivered);
      world.assertExactlyOnce(outcomes);
      assertThat(world.sink().count()).isEqualTo(MESSAGES);
    }
  }

  private String content(int i) {
    StringBuilder text = new StringBuilder();
    switch (i % 10) {
      case 0 -> {
        return "";
      }
      case 1 -> lines(text, random.nextInt(30), 80, "..\u00e9 a");
      case 2 -> lines(text, 1 + random.nextInt(3), 60_000, "xyz. ");
      case 3 -> lines(text, random.nextInt(400), 3, "..");
      case 4 -> lines(text, random.nextInt(50), 1000, allBytes());
      case 5 -> { // ends, or has a dot, next to where a buffer does
        int edge = EDGES[random.nextInt(EDGES.length)] + random.nextInt(7) - 3;
        text.append("x".repeat(edge - 2)).append("\r\n");
        lines(text, random.nextInt(4), 2, ".");
      }
      default -> {
        text.append("Subject: ").append(i).append("\r\n\r\n");
        lines(text, random.nextInt(60), 120, "the quick . brown\tfox \u00ff");
      }
    }
    return text.toString();
  }

  private void lines(StringBuilder text, int count, int longest, String alphabet) {
    for (int line = 0; line < count; line++) {
      for (int length = random.nextInt(longest + 1); length > 0; length--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      text.append("\r\n");
    }
  }

  /** Every byte but CR and LF. */
  private static String allBytes() {
    StringBuilder all = new StringBuilder();
    for (char c = 0; c < 256; c++) {
      if (c != '\r' && c != '\n') {
        all.append(c);
      }
    }
    return all.toString();
  }
}
