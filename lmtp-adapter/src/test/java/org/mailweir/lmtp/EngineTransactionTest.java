package org.mailweir.lmtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.message.BodyStore;
import org.mailweir.message.Recipient;
import org.mailweir.message.Reply;

/** Whole messages: order of replies, batches of recipients, bodies. */
class EngineTransactionTest {
  private static final String MAIL = "MAIL FROM:<s@t.test>\r\n";
  private final EngineSession session = EngineSession.greeted();

  @Test
  void answersInOrderWhenAllIsPipelined() {
    session.send(
        MAIL
            + rcpt("a@one.test")
            + rcpt("b@dead.test")
            + rcpt("c@bad..test")
            + rcpt("d@two.test")
            + "DATA\r\n");
    assertThat(session.codes()).containsExactly("250", "250", "451", "553", "250", "354");
    session.send("hello\r\n.\r\nQUIT\r\n");
    assertThat(session.replies())
        .isEqualTo("250 2.1.5 delivered 0\r\n250 2.1.5 delivered 1\r\n221 2.0.0 Bye\r\n");
    assertThat(session.delivered).hasSize(1);
    assertThat(session.delivered.get(0)).asString(UTF_8).isEqualTo("hello\r\n");
  }

  @Test
  void admitsRecipientsThatArrivedTogetherTogether() {
    session.send(
        MAIL + rcpt("a@one.test") + rcpt("b@two.test") + rcpt("c@three.test") + "DATA\r\n");
    assertThat(session.admissions).hasSize(1);
    assertThat(session.admissions.get(0).recipients())
        .extracting(Recipient::address)
        .containsExactly("a@one.test", "b@two.test", "c@three.test");
  }

  @Test
  void waitsForTheRestOfABatchThatWasCutOff() {
    session.send(MAIL + rcpt("a@one.test"));
    assertThat(session.wantsMoreSoon).isTrue();
    session.send("RCPT TO:<b@tw");
    assertThat(session.wantsMoreSoon).isTrue();
    assertThat(session.admissions).isEmpty();
    session.send("o.test>\r\nDATA\r\n");
    assertThat(session.admissions).hasSize(1);
    assertThat(session.admissions.get(0).recipients()).hasSize(2);
  }

  @Test
  void waitsForTheRestOfABatchThatWasCutOffBehindMail() {
    session.send(MAIL);
    session.send(rcpt("a@one.test") + rcpt("b@two.test"));
    assertThat(session.wantsMoreSoon).isTrue();
    session.send(rcpt("c@three.test") + "DATA\r\n");
    assertThat(session.admissions).hasSize(1);
    assertThat(session.admissions.get(0).recipients()).hasSize(3);
  }

  @Test
  void admitsWhatIsThereWhenNothingMoreComes() {
    session.send(MAIL + rcpt("a@one.test"));
    session.pause();
    assertThat(session.codes()).containsExactly("250", "250");
    assertThat(session.admissions).hasSize(1);
  }

  @Test
  void doesNotLetAClientWaitThatSendsOneCommandAtATime() {
    session.send(MAIL);
    session.send(rcpt("a@one.test"));
    assertThat(session.wantsMoreSoon).isFalse();
    assertThat(session.admissions).hasSize(1);
  }

  @Test
  void refusesDataWhenNoRecipientWasAccepted() {
    session.send(MAIL + rcpt("a@dead.test") + rcpt("bad") + "DATA\r\nRSET\r\n");
    assertThat(session.codes()).containsExactly("250", "451", "553", "503", "250");
    assertThat(session.abandoned).isEqualTo(1);
  }

  @Test
  void endsTheTransactionWithItsDelivery() {
    deliver("x\r\n");
    assertThat(session.codes()).containsExactly("250", "250", "354", "250");
    assertThat(session.send("DATA\r\n" + rcpt("a@b.test")).codes()).containsExactly("503", "503");
    deliver("y\r\n");
    assertThat(session.codes()).containsExactly("250", "250", "354", "250");
    assertThat(session.delivered).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSET\r\n", "LHLO again.test\r\n"})
  void abandonsTheTransaction(String command) {
    session.send(MAIL + rcpt("a@one.test") + command + "DATA\r\n");
    assertThat(session.abandoned).isEqualTo(1);
    assertThat(session.replies()).endsWith("503 5.5.1 Need MAIL command\r\n");
  }

  @Test
  void keepsTheTransactionAtAnErrorAndAtNoop() {
    session.send(
        MAIL + rcpt("a@one.test") + "NOOP\r\nBOGUS\r\n" + MAIL + rcpt("b@two.test") + "DATA\r\n");
    assertThat(session.codes()).containsExactly("250", "250", "250", "500", "503", "250", "354");
    assertThat(session.abandoned).isZero();
    assertThat(session.admissions).hasSize(2);
  }

  @Test
  void boundsTheRecipientsOfAMessage() {
    session.send(MAIL + rcpt("a@one.test").repeat(1002) + "DATA\r\n");
    List<String> codes = session.codes();
    assertThat(codes).hasSize(1004);
    assertThat(codes.subList(0, 1001)).containsOnly("250");
    assertThat(codes.subList(1001, 1003)).containsOnly("452");
    assertThat(codes.get(1003)).isEqualTo("354");
    assertThat(session.admissions).allMatch(admit -> admit.recipients().size() <= 1000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\nb\r\n",
        "a\rb\r\n",
        "a\n.\r\nMAIL FROM:<evil@x.test>\r\n",
        "a\r.\r\n",
        "a\r\r\n",
        "\n",
        "a\r\n.\nMAIL FROM:<>\r\n",
        "a\r\n.\rQUIT\r\n",
        "a\n\n"
      })
  void refusesBareLineEndsAndKeepsTheConnection(String content) {
    session.send(MAIL + rcpt("a@one.test") + rcpt("b@two.test") + "DATA\r\n").replies();
    session.send(content + "\r\n.\r\nNOOP\r\n");
    assertThat(session.replies())
        .isEqualTo(
            ("550 5.6.0 Message has a CR or LF that is not part of CRLF\r\n").repeat(2)
                + "250 2.0.0 Ok\r\n");
    assertThat(session.delivered).isEmpty();
    assertThat(session.abandoned).isEqualTo(1);
    assertThat(session.bodies.bodies()).isZero();
  }

  @Test
  void takesAnEmptyBody() {
    deliver("");
    assertThat(session.delivered.get(0)).isEmpty();
  }

  @Test
  void passesNulBytesAndLongLinesUnchanged() {
    byte[] content = ("\0\0" + "x".repeat(200_000) + "\0\r\n").getBytes(ISO_8859_1);
    session.send(MAIL + rcpt("a@one.test") + "DATA\r\n").send(content).send(".\r\n");
    assertThat(session.delivered.get(0)).isEqualTo(content);
    assertThat(session.deliveredBodies.get(0).eightBit()).isFalse();
  }

  @Test
  void marksEightBitContent() {
    deliver("é\r\n");
    assertThat(session.deliveredBodies.get(0).eightBit()).isTrue();
    assertThat(session.deliveredBodies.get(0).size()).isEqualTo(4);
  }

  @Test
  void swallowsAMessageAboveTheLimit() {
    EngineSession small =
        new EngineSession(EngineSession.SETTINGS.withMaxMessageSize(1000), session.bodies);
    small.greet().send(MAIL + rcpt("a@one.test") + rcpt("b@two.test") + "DATA\r\n").replies();
    small.send(("x".repeat(98) + "\r\n").repeat(10) + "y\r\n.\r\nNOOP\r\n");
    assertThat(small.codes()).containsExactly("552", "552", "250");
    small.send(MAIL + rcpt("a@one.test") + "DATA\r\n").replies();
    small.send(("x".repeat(98) + "\r\n").repeat(10) + ".\r\n");
    assertThat(small.codes()).containsExactly("250");
    assertThat(small.delivered).hasSize(1);
    assertThat(small.delivered.get(0)).hasSize(1000);
    assertThat(small.bodies.memoryInUse()).isZero();
  }

  @Test
  void swallowsAMessageThatHasNoRoom() {
    EngineSession full = new EngineSession(EngineSession.SETTINGS, new BodyStore(10_000, 0));
    full.greet().send(MAIL + rcpt("a@one.test") + "DATA\r\n").replies();
    full.send("x".repeat(20_000) + "\r\n.\r\nNOOP\r\n");
    assertThat(full.codes()).containsExactly("452", "250");
    assertThat(full.bodies.memoryInUse()).isZero();
    assertThat(full.bodies.bodies()).isZero();
  }

  @Test
  void answersRecipientsThatTheDeliveryForgot() {
    session.delivery = index -> new Reply(354, "", "nonsense");
    session.send(MAIL + rcpt("a@one.test") + "DATA\r\n.\r\n");
    assertThat(session.replies()).endsWith("451 4.3.0 Internal error, try later\r\n");
  }

  @Test
  void answersRecipientsThatTheAdmissionMisjudged() {
    session.admission = recipient -> new Reply(354, "", "go on");
    session.send(MAIL + rcpt("a@one.test") + "DATA\r\n");
    assertThat(session.codes()).containsExactly("250", "451", "503");
  }

  @Test
  void answersEveryRecipientOfALargeMessage() {
    byte[] line = ("." + "x".repeat(70) + "\r\n").getBytes(ISO_8859_1);
    byte[] content = new byte[line.length * 400_000];
    for (int at = 0; at < content.length; at += line.length) {
      System.arraycopy(line, 0, content, at, line.length);
    }
    session.send(MAIL + rcpt("a@one.test") + "DATA\r\n").send(content).send(".\r\n");
    assertThat(session.codes()).containsExactly("250", "250", "354", "250");
    assertThat(session.delivered.get(0)).hasSize(content.length - 400_000);
  }

  @Property(tries = 300)
  void answersTheSameHoweverTheInputIsCut(@ForAll("scripts") String script) {
    byte[] bytes = script.getBytes(ISO_8859_1);
    EngineSession whole = EngineSession.greeted().send(bytes).pause();
    EngineSession dripped = EngineSession.greeted().drip(bytes).pause();
    assertThat(dripped.replies()).isEqualTo(whole.replies());
    assertThat(dripped.delivered).containsExactlyElementsOf(whole.delivered);
    assertThat(dripped.closed).isEqualTo(whole.closed);
    assertThat(dripped.abandoned).isEqualTo(whole.abandoned);
  }

  @Property(tries = 500)
  void survivesAnyBytes(@ForAll byte[] noise) {
    EngineSession fresh = EngineSession.greeted().send(noise).send("\r\n").pause();
    fresh.replies();
    fresh.send("LHLO x\r\n");
    assertThat(fresh.closed || fresh.replies().endsWith("250 XFORWARD IDENT\r\n")).isTrue();
  }

  @Property(tries = 1000)
  void everyReplyIsWellFormed(@ForAll("scripts") String script) {
    EngineSession fresh = EngineSession.greeted().send(script.getBytes(ISO_8859_1)).pause();
    assertThat(fresh.replies())
        .matches("(?s)((2\\d\\d|4\\d\\d|5\\d\\d)[ -][ -~]+\\r\\n|354 [ -~]+\\r\\n)*");
  }

  @Provide
  Arbitrary<String> scripts() {
    return Arbitraries.of(
            MAIL,
            MAIL,
            rcpt("a@one.test"),
            rcpt("b@dead.test"),
            rcpt("c@bad..test"),
            "DATA\r\n",
            "DATA\r\n",
            "RSET\r\n",
            "NOOP\r\n",
            "LHLO x\r\n",
            "text\r\n",
            "..\r\n",
            ".\r\n",
            "\n",
            "\r",
            "\0",
            "\u00fc",
            "QUIT now\r\n",
            "XFORWARD IDENT=ABCDEFG\r\n",
            "\r\n.\r\n",
            "x".repeat(2050),
            rcpt("a@one.test") + "DATA\r\n.x\r\n.\r\n",
            "QUIT\r\n")
        .list()
        .ofMaxSize(25)
        .map(parts -> String.join("", parts));
  }

  private void deliver(String content) {
    session.send(MAIL + rcpt("a@one.test") + "DATA\r\n" + content + ".\r\n");
  }

  private static String rcpt(String address) {
    return "RCPT TO:<" + address + ">\r\n";
  }
}
