package org.mailweir.herd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.hash.Hashing;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.loopback.Dialogue;
import org.mailweir.loopback.Letters;
import org.mailweir.loopback.LmtpConnection;
import org.mailweir.loopback.LmtpMessage;
import org.mailweir.loopback.LmtpMessage.Content;
import org.mailweir.loopback.LmtpOutcome;
import org.mailweir.loopback.LmtpOutcome.RecipientReply;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.transport.Transport;

/** Bodies of all kinds go through byte for byte, or not at all. */
@Timeout(90)
class BodyTest {
  private static HerdWorld world;
  private static Transport transport;

  private final Letters letters = new Letters();

  @BeforeAll
  static void open() throws Exception {
    world = HerdWorld.open();
    world.host("alive.test", SinkBehaviour.healthy());
    world.host("plain.test", SinkBehaviour.healthy().withoutExtensions());
    transport = world.start();
  }

  @AfterAll
  static void close() throws Exception {
    world.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "\n\n\n",
        ".\n",
        "..\n",
        "...\n",
        ".\n.\n.\n",
        "Subject: x\n\n.\n..\n.leading\n..two\n. \nend\n",
        "Subject: x\n\ntrailing dot .\n.",
        "From: no header end\n",
        "Subject: tabs\t and \u0001\u0008\u000b\u001f\u007f\n\n\u001b[0m\n",
        "Subject: NUL\n\na\u0000b\n\u0000\n",
        "Subject: 8 bit\n\nGr\u00fc\u00dfe \u2603 \ud83d\ude00\n",
      })
  void goesThroughByteForByte(String text) throws Exception {
    assertGoesThrough(Content.of(text.endsWith("\n") || text.isEmpty() ? text : text + "\n"));
  }

  @Test
  void goesThroughWithEveryByteButBareLineEnds() throws Exception {
    StringBuilder all = new StringBuilder("Subject: all\r\n\r\n");
    for (int first = 0; first < 256; first++) {
      for (int second : new int[] {0, '.', 'x', 0x80, 0xff, first}) {
        if (isPlain(first) && isPlain(second)) {
          all.append((char) first).append((char) second).append("\r\n");
        }
      }
    }
    assertGoesThrough(Content.of(all.toString().getBytes(ISO_8859_1)));
  }

  @Test
  void goesThroughWithVeryLongLines() throws Exception {
    assertGoesThrough(
        Content.of("Subject: long\n\n" + "x".repeat(300_000) + "\n." + "y".repeat(5000) + "\n"));
  }

  @Test
  void goesThroughWithRandomLines() throws Exception {
    SplittableRandom random = new SplittableRandom(11);
    for (int message = 0; message < 40; message++) {
      StringBuilder text = new StringBuilder();
      for (int line = random.nextInt(400); line > 0; line--) {
        for (int length = random.nextInt(4) * random.nextInt(300); length > 0; length--) {
          text.append("..\0 abc\u00e9".charAt(random.nextInt(8)));
        }
        text.append("\r\n");
      }
      assertGoesThrough(Content.of(text.toString().getBytes(ISO_8859_1)));
    }
  }

  @Test
  void goesThroughWithThirtyMegabytes() throws Exception {
    byte[] bytes = new byte[31_457_280];
    new SplittableRandom(5).nextBytes(bytes);
    for (int i = 0; i < bytes.length; i++) {
      byte plain = (byte) (32 + (bytes[i] & 63)); // full stops among them
      bytes[i] = i % 78 == 76 ? (byte) '\r' : i % 78 == 77 ? (byte) '\n' : plain;
    }
    bytes[bytes.length - 2] = '\r';
    bytes[bytes.length - 1] = '\n';
    assertGoesThrough(Content.of(bytes));
  }

  @Test
  void isRefusedAboveTheLimitForGood() throws Exception {
    LmtpConnection client = world.client(transport);
    byte[] bytes = "x\r\n".repeat(11_000_000).getBytes(ISO_8859_1);
    LmtpMessage letter = letters.with(Content.of(bytes), "alive.test");
    int before = world.sink().count();
    LmtpOutcome outcome = client.send(letter, false);
    assertThat(outcome.failure()).isEmpty();
    assertThat(outcome.recipients()).extracting(RecipientReply::code).containsExactly(552);
    assertThat(world.sink().count()).isEqualTo(before);
    assertStillServes(client);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\n.\r\nMAIL FROM:<x@y.test>\r\n",
        "a\r\n.\nMAIL FROM:<x@y.test>\r\n",
        "a\n.\nMAIL FROM:<x@y.test>\r\n",
        "a\r.\rMAIL FROM:<x@y.test>\r\n",
        "a\r\n.\rMAIL FROM:<x@y.test>\r\n",
        "a\r.\r\nMAIL FROM:<x@y.test>\r\n",
        "a\nb\r\n",
        "a\rb\r\n",
        "a\r\r\n",
        "\n",
        "\r",
        "a\r\n..\r\r\n",
        "a\r\n.\r\r\n",
      })
  void isRefusedForEachRecipientWithABareLineEnd(String body) throws Exception {
    String end = body.endsWith("\r\n") ? ".\r\n" : "\r\n.\r\n";
    int before = world.sink().count();
    try (Dialogue client = dialogue()) {
      client
          .say("MAIL FROM:<a@sender.test>", 250)
          .say("RCPT TO:<1@alive.test>", 250)
          .say("RCPT TO:<2@alive.test>", 250)
          .say("RCPT TO:<3@plain.test>", 250)
          .say("DATA", 354)
          .send(body + end);
      for (int recipient = 0; recipient < 3; recipient++) {
        assertThat(client.reply()).startsWith("550 5.6.0 ");
      }
      client.say("NOOP", 250);
      assertThat(world.sink().count()).isEqualTo(before);
      client
          .say("MAIL FROM:<a@sender.test>", 250)
          .say("RCPT TO:<4@alive.test>", 250)
          .say("DATA", 354)
          .send("fine\r\n.\r\n")
          .expect(250);
      assertThat(world.sink().count()).isEqualTo(before + 1);
    }
    assertThat(world.sink().violations()).isEmpty();
  }

  @Test
  void isNotSentWithEightBitsToAHostThatDoesNotTakeThem() throws Exception {
    LmtpConnection client = world.client(transport);
    LmtpMessage letter = letters.with(Content.of("Subject: x\n\n\u00fc\n"), "plain.test");
    int before = world.sink().count();
    LmtpOutcome outcome = client.send(letter, false);
    RecipientReply reply = outcome.recipients().get(0);
    // RFC 6152 section 3: convert it, or return it as undeliverable.
    assertThat(reply.code() / 100).isEqualTo(5);
    assertThat(world.sink().count()).isEqualTo(before);
    assertThat(world.sink().violations()).isEmpty();
    assertStillServes(client);
  }

  private void assertGoesThrough(Content content) throws Exception {
    int before = world.sink().count();
    LmtpConnection client = world.client(transport);
    LmtpOutcome outcome = client.send(letters.with(content, "alive.test"), false);
    assertThat(outcome.delivered()).as(outcome.recipients().toString()).isTrue();
    assertThat(world.sink().count()).isEqualTo(before + 1);
    assertThat(world.sink().arrivals().get(before).sha256())
        .isEqualTo(Hashing.sha256().hashBytes(content.bytes()));
    assertThat(world.sink().violations()).isEmpty();
    assertStillServes(client);
    client.quit();
  }

  private void assertStillServes(LmtpConnection client) {
    assertThat(client.send(letters.with(Content.of("next\n"), "alive.test"), false).delivered())
        .isTrue();
  }

  private static Dialogue dialogue() throws Exception {
    return Dialogue.with(transport.address().getAddress(), transport.address().getPort())
        .expect(220)
        .say("LHLO client.test", 250);
  }

  private static boolean isPlain(int b) {
    return b != '\r' && b != '\n';
  }
}
