package org.mailweir.lmtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

/**
 * The engine, in both protocols, under conversations that were damaged at random: it answers in
 * good form, the same however the bytes are cut, and delivers nothing that it has not said 354 for.
 * Run by the profile fuzz; a failure tells its seed.
 */
@Tag("fuzz")
class EngineFuzzTest {
  private static final String[] PARTS = {
    "MAIL FROM:<a@sender.test> SIZE=1000 BODY=8BITMIME\r\n",
    "MAIL FROM:<>\r\n",
    "MAIL FROM:<\u00e4@sender.test> SMTPUTF8\r\n",
    "RCPT TO:<a@one.test>\r\n",
    "RCPT TO:<b@dead.test>\r\n",
    "RCPT TO:<\"quoted \\\" one\"@[192.0.2.1]>\r\n",
    "DATA\r\n",
    "Subject: x\r\n\r\n..text\r\n.\r\n",
    ".\r\n",
    "RSET\r\n",
    "NOOP\r\n",
    "LHLO again.test\r\n",
    "EHLO again.test\r\n",
    "HELO again.test\r\n",
    "XFORWARD IDENT=4bVcQ45xllz1SCKT\r\n",
    "VRFY a\r\n",
    "MAIL FROM:<a@sender.test> RET=HDRS ENVID=a+2Bb\r\n",
    "RCPT TO:<a@one.test> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;a+2Bb@one.test\r\n",
  };

  @Provide
  Arbitrary<byte[]> damaged() {
    Arbitrary<List<String>> parts = Arbitraries.of(PARTS).list().ofMinSize(1).ofMaxSize(20);
    Arbitrary<List<int[]>> damage =
        Combinators.combine(
                Arbitraries.integers().between(0, 9000),
                Arbitraries.integers().between(0, 4),
                Arbitraries.oneOf(
                    Arbitraries.integers().between(0, 255),
                    Arbitraries.of((int) '\r', (int) '\n', (int) '.', (int) '<', (int) '>', 0)))
            .as((place, kind, value) -> new int[] {place, kind, value})
            .list()
            .ofMaxSize(5);
    return Combinators.combine(parts, damage)
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

  @Property(tries = 60_000)
  void answersInGoodFormAndTheSameHoweverTheBytesAreCut(
      @ForAll Protocol protocol, @ForAll("damaged") byte[] bytes) {
    EngineSession whole = EngineSession.greetedWithAll(protocol).send(bytes).pause();
    String replies = whole.replies();
    assertThat(replies.lines()) // and not all at once: that needs a stack as deep as it is long
        .allMatch(line -> line.matches("[245]\\d\\d[ -][ -~]+|354 [ -~]+"));
    long asked = replies.lines().filter(line -> line.startsWith("354 ")).count();
    assertThat(whole.delivered.size()).isLessThanOrEqualTo((int) asked);

    EngineSession dripped = EngineSession.greetedWithAll(protocol).drip(bytes).pause();
    assertThat(dripped.replies()).isEqualTo(replies);
    assertThat(dripped.delivered).containsExactlyElementsOf(whole.delivered);
    assertThat(dripped.closed).isEqualTo(whole.closed);
  }
}
