package org.mailweir.smtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;

/**
 * The parser of replies, and what reads their texts, under replies that were damaged at random. Run
 * by the profile fuzz; a failure tells its seed.
 */
@Tag("fuzz")
class ReplyFuzzTest {
  private static final String[] REPLIES = {
    "250 ok\r\n",
    "250-mx.example.test greets you\r\n250-PIPELINING\r\n250-SIZE 1000000\r\n250 8BITMIME\r\n",
    "421 4.3.2 too many connections from 192.0.2.1\r\n",
    "450 4.7.1 Greylisted, try again in 300 seconds\r\n",
    "550-5.1.1 no such user\r\n550 5.1.1 at all\r\n",
    "354 go ahead\r\n",
    "220 mx ESMTP\r\n",
    "250\r\n",
  };

  @Provide
  Arbitrary<byte[]> damaged() {
    Arbitrary<List<String>> replies = Arbitraries.of(REPLIES).list().ofMinSize(1).ofMaxSize(12);
    Arbitrary<List<int[]>> damage =
        Combinators.combine(
                Arbitraries.integers().between(0, 5000),
                Arbitraries.integers().between(0, 4),
                Arbitraries.frequencyOf(
                    Tuple.of(3, Arbitraries.integers().between(0, 255)),
                    Tuple.of(2, Arbitraries.of((int) '\r', (int) '\n', (int) '-', (int) ' ', 0))))
            .as((place, kind, value) -> new int[] {place, kind, value})
            .list()
            .ofMaxSize(6);
    return Combinators.combine(replies, damage)
        .as((list, changes) -> damage(String.join("", list), changes));
  }

  private static byte[] damage(String text, List<int[]> changes) {
    StringBuilder damaged = new StringBuilder(text);
    for (int[] change : changes) {
      int at = change[0] % (damaged.length() + 1);
      switch (change[1]) {
        case 0 -> damaged.insert(at, (char) change[2]);
        case 1 -> damaged.insert(at, String.valueOf((char) change[2]).repeat(change[0]));
        case 2 -> damaged.delete(at, Math.min(damaged.length(), at + change[2] % 20));
        case 3 -> damaged.setLength(at);
        default -> damaged.insert(at, damaged.substring(0, at));
      }
    }
    return damaged.toString().getBytes(ISO_8859_1);
  }

  @Property(tries = 200_000)
  void keepsItsLimitsAndReadsTheSameHoweverTheBytesAreCut(@ForAll("damaged") byte[] bytes) {
    List<RemoteReply> replies = new ArrayList<>();
    ReplyParser parser = new ReplyParser();
    try {
      for (byte b : bytes) {
        parser.accept(b).ifPresent(replies::add);
      }
    } catch (BadReply refused) {
      assertThat(refused).hasMessageMatching("[ -~]{1,200}");
    }
    for (RemoteReply reply : replies) {
      assertThat(reply.code()).isBetween(100, 599);
      assertThat(reply.lines()).hasSizeBetween(1, ReplyParser.MAX_LINES);
      assertThat(reply.lines()).allMatch(line -> line.matches("[ -~]{0," + ReplyParser.KEPT + "}"));
      assertThat(reply.status()).matches("|[245]\\.\\d{1,3}\\.\\d{1,3}");
      assertThat(reply.text()).matches("[ -~]*");
      assertThat(reply.pushesBack() && reply.isPositive()).isFalse();
      assertThat(reply.throttles() && reply.isPermanent()).isFalse();
      assertThat(Capabilities.of(reply).size().orElse(0)).isNotNegative();
    }
  }
}
