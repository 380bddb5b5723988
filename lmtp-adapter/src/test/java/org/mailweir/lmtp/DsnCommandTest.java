package org.mailweir.lmtp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.message.BodyStore;
import org.mailweir.message.MailDsn;
import org.mailweir.message.RcptDsn;

/** The parameters of DSN (RFC 3461), where it is offered. */
class DsnCommandTest {
  private static final String MAIL = "MAIL FROM:<s@t.test>";
  private static final String RCPT = "RCPT TO:<a@one.test>";

  private final EngineSession session = offering(Protocol.SMTP).greet();

  private static EngineSession offering(Protocol protocol) {
    return new EngineSession(
        EngineSession.SETTINGS.withProtocol(protocol).withDsn(true),
        new BodyStore(1 << 20, 1 << 20));
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void offersDsnWhereItIsToBe(Protocol protocol) {
    String hello = (protocol == Protocol.LMTP ? "LHLO" : "EHLO") + " client.test\r\n";
    assertThat(offering(protocol).send(hello).replies().lines().map(line -> line.substring(4)))
        .containsOnlyOnce("DSN");
    assertThat(EngineSession.of(protocol).send(hello).replies()).doesNotContain("DSN");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RET=FULL",
        "ret=hdrs",
        "ENVID=QQ314159",
        "ENVID=a+2Bb+3Dc+20d",
        "ENVID=~!\"#$%&'()*,-./:;<>?@[\\]^_`{|}",
        "RET=HDRS ENVID=x SIZE=10 BODY=8BITMIME",
      })
  void takesTheParametersOfMail(String parameters) {
    assertThat(session.send(MAIL + " " + parameters + "\r\n").codes()).containsExactly("250");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RET",
        "RET=",
        "RET=BOTH",
        "RET=FULL RET=FULL",
        "ENVID",
        "ENVID=",
        "ENVID=a=b",
        "ENVID=a+b",
        "ENVID=+2b",
        "ENVID=+0D+0A",
        "ENVID=+00",
        "ENVID=+7F",
        "ENVID=+E4",
        "ENVID=ä SMTPUTF8",
        "ENVID=x ENVID=y",
      })
  void refusesWhatIsWrongAtMail(String parameters) {
    assertThat(session.send(MAIL + " " + parameters + "\r\n").replies()).startsWith("501 5.5.4");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NOTIFY=NEVER",
        "NOTIFY=SUCCESS",
        "notify=failure,delay",
        "NOTIFY=SUCCESS,FAILURE,DELAY",
        "ORCPT=rfc822;a@one.test",
        "ORCPT=rfc822;a+2Bb@one.test",
        "ORCPT=x-local;+20+7E",
        "NOTIFY=DELAY ORCPT=rfc822;a@one.test",
      })
  void takesTheParametersOfRcpt(String parameters) {
    session.send(MAIL + "\r\n" + RCPT + " " + parameters + "\r\n").pause();
    assertThat(session.codes()).containsExactly("250", "250");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NOTIFY",
        "NOTIFY=",
        "NOTIFY=,",
        "NOTIFY=SUCCESS,",
        "NOTIFY=NEVER,SUCCESS",
        "NOTIFY=NEVER,NEVER",
        "NOTIFY=ALWAYS",
        "NOTIFY=DELAY NOTIFY=DELAY",
        "ORCPT",
        "ORCPT=rfc822",
        "ORCPT=rfc822;",
        "ORCPT=;a@one.test",
        "ORCPT=rfc 822;a",
        "ORCPT=rfc822;a=b",
        "ORCPT=rfc822;a+b",
        "ORCPT=rfc822;+0D+0A",
        "ORCPT=rfc822;ä@one.test",
        "ORCPT=utf-8;ä@one.test",
      })
  void refusesWhatIsWrongAtRcpt(String parameters) {
    session.send(MAIL + "\r\n").replies();
    assertThat(session.send(RCPT + " " + parameters + "\r\n").pause().replies())
        .startsWith("501 5.5.4")
        .hasLineCount(1);
  }

  @Test
  void refusesOtherParametersOfRcpt() {
    session.send(MAIL + "\r\n").replies();
    assertThat(session.send(RCPT + " RRVS=x\r\n").replies()).startsWith("555 5.5.4");
  }

  @ParameterizedTest
  @CsvSource({"ENVID=, 100", "ORCPT=rfc822;, 493"})
  void limitsLengths(String key, int most) {
    String command = key.startsWith("E") ? MAIL : RCPT;
    session.send(key.startsWith("E") ? "RSET\r\n" : MAIL + "\r\n").replies();
    String longest = command + " " + key + "x".repeat(most);
    assertThat(session.send(longest + "x\r\n").pause().codes()).containsExactly("501");
    assertThat(session.send(longest + "\r\n").pause().codes()).containsExactly("250");
  }

  @Test
  void takesAnOriginalRecipientInUtf8WhereTheMessageIsDeclaredSo() {
    session.send(MAIL + " SMTPUTF8\r\n" + RCPT + " ORCPT=utf-8;ä@one.test\r\n").pause();
    assertThat(session.codes()).containsExactly("250", "250");
    assertThat(session.admissions.get(0).recipients().get(0).dsn().orcpt())
        .isEqualTo("utf-8;ä@one.test");
  }

  @Test
  void handsOverWhatWasAskedFor() {
    session.send(MAIL + " RET=hdrs ENVID=a+2Bb\r\n");
    session.send(RCPT + " NOTIFY=success,DELAY,success ORCPT=rfc822;A@one.test\r\n");
    session.send(RCPT + "\r\n").pause();
    LmtpEvent.Admit admit = session.admissions.get(0);
    assertThat(admit.sender().dsn()).isEqualTo(new MailDsn("HDRS", "a+2Bb"));
    assertThat(admit.recipients().get(0).dsn())
        .isEqualTo(new RcptDsn("DELAY,SUCCESS", "rfc822;A@one.test"));
  }

  @Test
  void handsOverNothingWhereNothingWasAskedFor() {
    session.send(MAIL + "\r\n" + RCPT + "\r\n").pause();
    LmtpEvent.Admit admit = session.admissions.get(0);
    assertThat(admit.sender().dsn()).isEqualTo(MailDsn.NONE);
    assertThat(admit.recipients().get(0).dsn()).isEqualTo(RcptDsn.NONE);
  }
}
