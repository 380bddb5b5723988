package org.mailweir.lmtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.message.Destination;
import org.mailweir.message.Recipient;
import org.mailweir.message.Sender;

/** Single commands and their replies. */
class EngineCommandTest {
  private final EngineSession session = EngineSession.greeted();

  @Test
  void greetsAtOnce() {
    assertThat(new EngineSession().replies()).isEqualTo(EngineSession.GREETING);
  }

  @Test
  void offersExactlyWhatItHas() {
    EngineSession fresh = new EngineSession();
    fresh.replies();
    assertThat(fresh.send("LHLO client.test\r\n").replies())
        .isEqualTo(
            "250-relay.test\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n"
                + "250-SMTPUTF8\r\n250-SIZE 31457280\r\n250 XFORWARD IDENT\r\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "NOOP | 250 2.0.0",
        "noop with words | 250 2.0.0",
        "RSET | 250 2.0.0",
        "rset | 250 2.0.0",
        "RSET now | 501 5.5.4",
        "HELP | 214 2.0.0",
        "VRFY a@b.test | 252 2.0.0",
        "VRFY | 501 5.5.4",
        "QUIT | 221 2.0.0",
        "QUIT now | 501 5.5.4",
        "LHLO | 501 5.5.4",
        "EHLO client.test | 500 5.5.1",
        "HELO client.test | 500 5.5.1",
        "LHLO two words | 501 5.5.4",
        "EXPN list | 502 5.5.1",
        "STARTTLS | 500 5.5.2",
        "BDAT 5 LAST | 500 5.5.2",
        "'' | 500 5.5.2",
        "NO\u0000OP | 500 5.5.2",
        "NO\tOP | 500 5.5.2",
        "NO\rOP | 500 5.5.2",
        "NOOP \u007f | 500 5.5.2",
        "RCPT TO:<a@b.test> | 503 5.5.1",
        "DATA | 503 5.5.1",
        "DATA now | 501 5.5.4",
        "MAIL | 501 5.5.4",
        "MAIL a@b.test | 501 5.5.4",
        "MAIL FROM:a@b.test | 501 5.5.4",
        "MAIL FROM:<a@b.test | 501 5.5.4",
        "MAIL FROM:<a@b.test>SIZE=1 | 501 5.5.4",
        "MAIL FROM:<@b.test> | 501 5.5.4",
        "MAIL FROM:<a@> | 553 5.1.7",
        "MAIL FROM:<a b@c.test> | 553 5.1.7",
        "MAIL FROM:<ü@c.test> | 553 5.6.7",
        "MAIL FROM:<a@b.test> SIZE= | 501 5.5.4",
        "MAIL FROM:<a@b.test> SIZE=-1 | 501 5.5.4",
        "MAIL FROM:<a@b.test> SIZE=1x | 501 5.5.4",
        "MAIL FROM:<a@b.test> SIZE=1 SIZE=1 | 501 5.5.4",
        "MAIL FROM:<a@b.test> BODY=BINARYMIME | 501 5.5.4",
        "MAIL FROM:<a@b.test> SMTPUTF8=1 | 501 5.5.4",
        "MAIL FROM:<a@b.test> RET=HDRS | 555 5.5.4",
        "MAIL FROM:<a@b.test> SIZE=31457281 | 552 5.3.4",
        "MAIL FROM:<a@b.test> SIZE=99999999999999999999 | 552 5.3.4",
        "MAIL FROM:<a@b.test> SIZE=31457280 | 250 2.1.0",
        "mail from:<a@b.test> size=0 body=8bitmime smtputf8 | 250 2.1.0",
        "MAIL FROM: <a@b.test> | 250 2.1.0",
        "MAIL FROM:<> | 250 2.1.0",
        "XFORWARD | 501 5.5.4",
        "XFORWARD NAME=a | 501 5.5.4",
        "XFORWARD IDENT | 501 5.5.4",
        "XFORWARD IDENT= | 501 5.5.4",
        "XFORWARD IDENT=+4 | 501 5.5.4",
        "XFORWARD IDENT=+GG | 501 5.5.4",
        "XFORWARD IDENT=ABCDEF1 ADDR=1.2.3.4 | 501 5.5.4",
        "XFORWARD IDENT=ABCDEF1 | 250 2.0.0",
        "xforward ident=[UNAVAILABLE] | 250 2.0.0",
      })
  void answersACommand(String command, String reply) {
    assertThat(session.send(command + "\r\n").replies())
        .startsWith(reply)
        .endsWith("\r\n")
        .hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"MAIL FROM:<>", "RCPT TO:<a@b.test>", "DATA", "XFORWARD IDENT=ABCDEFG"})
  void wantsLhloFirst(String command) {
    EngineSession fresh = new EngineSession();
    fresh.replies();
    assertThat(fresh.send(command + "\r\n").replies()).startsWith("503 5.5.1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "RCPT TO:<a@b.test> | 250 2.1.5",
        "RCPT TO:<@x.test,@y.test:a@b.test> | 250 2.1.5",
        "RCPT TO:<\"a> b\"@b.test> | 250 2.1.5",
        "RCPT TO:<a@[127.0.0.1]> | 250 2.1.5",
        "RCPT TO:<a@[IPv6:::1]> | 250 2.1.5",
        "RCPT TO:<a@dead.test> | 451 4.4.1",
        "RCPT TO:<> | 553 5.1.3",
        "RCPT TO:<postmaster> | 553 5.1.3",
        "RCPT TO:<a@b..test> | 553 5.1.3",
        "RCPT TO:<a@[1.2.3]> | 553 5.1.3",
        "RCPT TO:<ü@b.test> | 553 5.6.7",
        "RCPT TO:a@b.test | 501 5.5.4",
        "RCPT FROM:<a@b.test> | 501 5.5.4",
        "RCPT | 501 5.5.4",
        "RCPT TO:<a@b.test> NOTIFY=NEVER | 555 5.5.4",
        "MAIL FROM:<> | 503 5.5.1",
        "XFORWARD IDENT=ABCDEFG | 503 5.5.1",
        "DATA | 503 5.5.1",
      })
  void answersACommandInATransaction(String command, String reply) {
    session.send("MAIL FROM:<s@t.test>\r\n").replies();
    assertThat(session.send(command + "\r\n").replies()).startsWith(reply).hasLineCount(1);
  }

  @Test
  void handsOverWhatMailAndRcptSaid() {
    session.send("XFORWARD IDENT=4YZ1+41b2c\r\n");
    session.send("MAIL FROM:<@r.test:жук@x.test> SIZE=77 BODY=8BITMIME SMTPUTF8\r\n");
    session.send("RCPT TO:<жук@Bücher.test>\r\n");
    LmtpEvent.Admit admit = session.admissions.get(0);
    assertThat(admit.sender()).isEqualTo(new Sender("жук@x.test", 77, true, true));
    assertThat(admit.origin().queueId()).contains("4YZ1Ab2c");
    assertThat(admit.recipients())
        .containsExactly(new Recipient("жук@Bücher.test", new Destination("xn--bcher-kva.test")));
  }

  @ParameterizedTest
  @CsvSource({
    "ABCDEF, true", "4YZ1bc2d3e, true", "ABCDE, false", "ABCDEFGHIJKLMNOPQRSTUVWXYZ, false",
    "ABC-DEF, false", "ABCDEF+0A, false", "[UNAVAILABLE], false", "[TEMPUNAVAIL], false"
  })
  void usesAQueueIdOnlyIfItLooksLikeOne(String ident, boolean used) {
    assertThat(session.send("XFORWARD IDENT=" + ident + "\r\n").replies()).startsWith("250");
    session.send("MAIL FROM:<>\r\nRCPT TO:<a@b.test>\r\n").pause();
    assertThat(session.admissions.get(0).origin().queueId())
        .isEqualTo(Optional.of(ident).filter(i -> used));
  }

  @Test
  void usesAQueueIdForOneMessageOnly() {
    session.send("XFORWARD IDENT=ABCDEFG\r\nMAIL FROM:<>\r\nRSET\r\n");
    session.send("MAIL FROM:<>\r\nRCPT TO:<a@b.test>\r\n").pause();
    assertThat(session.admissions.get(0).origin().queueId()).isEmpty();
  }

  @Test
  void refusesALineThatEndsWithLfAlone() {
    assertThat(session.send("NOOP\nNOOP\r\n").codes()).containsExactly("500", "250");
  }

  @Test
  void refusesBytesThatAreNoUtf8() {
    session.send("VRFY \u00ff\r\n".getBytes(ISO_8859_1));
    assertThat(session.replies()).startsWith("500 5.5.2");
  }

  @ParameterizedTest
  @ValueSource(ints = {2047, 3000, 4096, 30_000, 65_000})
  void discardsAnOverlongLineUpToItsEnd(int length) {
    session.send("NOOP " + "x".repeat(length - 5) + "\r\nNOOP\r\n");
    assertThat(session.codes()).containsExactly("500", "250");
  }

  @Test
  void takesALineAsLongAsTheLimit() {
    session.send("NOOP " + "x".repeat(2048 - 7) + "\r\n");
    assertThat(session.codes()).containsExactly("250");
  }

  @Test
  void closesOnEndlessInputWithoutALine() {
    session.send("x".repeat(70_000));
    assertThat(session.replies()).startsWith("500 5.5.2").hasLineCount(1);
    assertThat(session.closed).isTrue();
  }

  @Test
  void closesAfterAHundredSyntaxErrorsInARow() {
    session.send("X\r\n".repeat(100));
    assertThat(session.closed).isFalse();
    session.send("NOOP\r\n" + "X\r\n".repeat(100));
    assertThat(session.closed).isFalse();
    session.send("X\r\n");
    assertThat(session.closed).isTrue();
    assertThat(session.replies()).endsWith("421 4.7.0 Too many errors, closing\r\n");
  }

  @Test
  void quitsAndReadsNoFurther() {
    assertThat(session.send("QUIT\r\nNOOP\r\n").codes()).containsExactly("221");
    assertThat(session.closed).isTrue();
  }
}
