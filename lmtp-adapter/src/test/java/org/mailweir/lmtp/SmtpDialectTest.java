package org.mailweir.lmtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.message.Reply;

/** Where SMTP differs from LMTP. All else is tested once, in LMTP. */
class SmtpDialectTest {
  private static final String MAIL = "MAIL FROM:<s@t.test>\r\n";
  private static final String MESSAGE =
      MAIL
          + "RCPT TO:<a@one.test>\r\nRCPT TO:<b@two.test>\r\nRCPT TO:<c@three.test>\r\n"
          + "DATA\r\nx\r\n.\r\n";

  private final EngineSession session = EngineSession.of(Protocol.SMTP).greet();

  @Test
  void greetsAsAnExtendedServer() {
    assertThat(EngineSession.of(Protocol.SMTP).replies())
        .isEqualTo("220 relay.test ESMTP Mailweir\r\n");
  }

  @Test
  void offersExactlyWhatItHas() {
    assertThat(session.send("EHLO client.test\r\n").replies())
        .isEqualTo(
            "250-relay.test\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n"
                + "250-SMTPUTF8\r\n250 SIZE 31457280\r\n");
  }

  @Test
  void answersHeloInOneLine() {
    assertThat(session.send("HELO client.test\r\n").replies()).isEqualTo("250 relay.test\r\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "LHLO client.test | 500 5.5.1",
        "EHLO | 501 5.5.4",
        "HELO | 501 5.5.4",
        "EHLO two words | 501 5.5.4",
        "EHLO <client> | 501 5.5.4",
        "HELO cl(ie)nt | 501 5.5.4",
        "HELO [192.0.2.1] | 250 relay.test",
        "HELO [IPv6:2001:db8::1] | 250 relay.test",
        "HELO under_score | 250 relay.test",
        "XFORWARD IDENT=ABCDEF1 | 500 5.5.2",
        "EXPN list | 502 5.5.1",
        "VRFY a@b.test | 252 2.0.0",
        "HELP | 214 2.0.0 EHLO HELO MAIL RCPT DATA RSET NOOP QUIT VRFY",
        "NOOP | 250 2.0.0",
        "RSET | 250 2.0.0",
        "QUIT | 221 2.0.0",
        "DATA | 503 5.5.1 Need MAIL",
        "BDAT 5 LAST | 500 5.5.2",
        "AUTH PLAIN | 500 5.5.2",
        "STARTTLS | 500 5.5.2",
      })
  void answersACommand(String command, String reply) {
    assertThat(session.send(command + "\r\n").replies()).startsWith(reply).hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"MAIL FROM:<>", "RCPT TO:<a@b.test>", "DATA"})
  void wantsEhloFirst(String command) {
    EngineSession fresh = EngineSession.of(Protocol.SMTP);
    fresh.replies();
    assertThat(fresh.send(command + "\r\n").replies()).startsWith("503 5.5.1 Send EHLO first");
  }

  @Test
  void answersTheDotOnceForAllRecipients() {
    assertThat(session.send(MESSAGE).codes())
        .containsExactly("250", "250", "250", "250", "354", "250");
    assertThat(session.delivered).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "250 250 250, 250 first",
    "250 550 250, 550 second",
    "550 250 551, 550 first",
    "250 550 451, 451 third",
    "451 550 452, 451 first",
    "250 250 354, 451 Internal error",
  })
  void answersForAllWithTheReplyThatLosesNothing(String codes, String reply) {
    List<Reply> replies =
        List.of(reply(codes, 0, "first"), reply(codes, 1, "second"), reply(codes, 2, "third"));
    session.delivery = replies::get;
    String answer = session.send(MESSAGE).replies().lines().reduce("", (all, line) -> line);
    assertThat(answer.replaceAll(" [245][.]\\d[.]\\d", "")).startsWith(reply);
  }

  private static Reply reply(String codes, int index, String text) {
    int code = Integer.parseInt(Arrays.asList(codes.split(" ", -1)).get(index));
    return new Reply(code, "", text);
  }

  @Test
  void answersARefusedBodyOnce() {
    session.send(MESSAGE.replace("x\r\n", "x\ny\r\n"));
    assertThat(session.codes()).containsExactly("250", "250", "250", "250", "354", "550");
    assertThat(session.delivered).isEmpty();
    assertThat(session.abandoned).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n.\r\n", "\r\n.\n", "\n.\n", "\r.\r\n", "\r\n.\r", "\r.\r"})
  void takesNoOtherEndThanADotBetweenCrlf(String end) {
    session.send(
        MAIL + "RCPT TO:<a@one.test>\r\nDATA\r\nx" + end + "MAIL FROM:<smuggled@t.test>\r\n");
    assertThat(session.codes()).containsExactly("250", "250", "354");
    assertThat(session.send(".\r\n").codes()).containsExactly("550");
    assertThat(session.delivered).isEmpty();
  }

  @Test
  void refusesDataWithoutAValidRecipient() {
    session.send(MAIL + "RCPT TO:<a@dead.test>\r\nDATA\r\n").pause();
    assertThat(session.codes()).containsExactly("250", "451", "554");
  }

  @ParameterizedTest
  @ValueSource(strings = {"EHLO client.test", "HELO client.test"})
  void endsATransactionWithANewGreeting(String hello) {
    session.send(MAIL + "RCPT TO:<a@one.test>\r\n" + hello + "\r\n").replies();
    assertThat(session.abandoned).isEqualTo(1);
    assertThat(session.send("DATA\r\n").replies()).startsWith("503 5.5.1 Need MAIL");
  }

  @Test
  void keepsATransactionWhenAGreetingIsRefused() {
    session.send(MAIL + "EHLO\r\nRCPT TO:<a@one.test>\r\nDATA\r\n");
    assertThat(session.codes()).containsExactly("250", "501", "250", "354");
  }

  @Test
  void takesMailForThePostmasterWithoutADomain() {
    session.send(MAIL + "RCPT TO:<PostMaster>\r\nDATA\r\n");
    assertThat(session.codes()).containsExactly("250", "250", "354");
    assertThat(session.admissions.get(0).recipients().get(0).address())
        .isEqualTo("PostMaster@relay.test");
  }

  @ParameterizedTest
  @CsvSource({
    "SMTP, HELO, '', SMTP",
    "SMTP, EHLO, '', ESMTP",
    "SMTP, EHLO, ' SMTPUTF8', UTF8SMTP",
    "LMTP, LHLO, '', LMTP",
    "LMTP, LHLO, ' SMTPUTF8', UTF8LMTP",
  })
  void tellsWhereAMessageComesFrom(Protocol protocol, String hello, String utf8, String with) {
    EngineSession client = EngineSession.of(protocol);
    client.send(hello + " one.test\r\n" + hello + " [192.0.2.1]\r\n");
    client.send("MAIL FROM:<s@t.test>" + utf8 + "\r\nRCPT TO:<a@one.test>\r\nDATA\r\n");
    assertThat(client.admissions.get(0).origin())
        .isEqualTo(
            new Origin(InetAddress.getLoopbackAddress(), "[192.0.2.1]", with, Optional.empty()));
  }
}
