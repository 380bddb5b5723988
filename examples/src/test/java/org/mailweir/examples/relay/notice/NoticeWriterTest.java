package org.mailweir.examples.relay.notice;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.examples.relay.notice.Report.Action;
import org.mailweir.examples.relay.spool.Entry;
import org.mailweir.examples.relay.spool.Envelope;
import org.mailweir.examples.relay.spool.Letter;
import org.mailweir.examples.relay.spool.Pending;
import org.mailweir.examples.relay.spool.QueueIds;
import org.mailweir.examples.relay.spool.Settlement.Notice;
import org.mailweir.message.Destination;
import org.mailweir.message.MailDsn;
import org.mailweir.message.RcptDsn;
import org.mailweir.message.Recipient;
import org.mailweir.message.Reply;
import org.mailweir.message.Sender;

class NoticeWriterTest {
  private static final Instant NOW = Instant.parse("2026-11-22T13:00:00Z");
  private static final Instant ARRIVED = Instant.parse("2026-11-22T12:00:00Z");
  private static final Instant EXPIRES = Instant.parse("2026-11-24T12:00:00Z");
  private static final String PEER = "mx.there.test[192.0.2.1]:25";
  private static final Reply UNKNOWN = new Reply(550, "5.1.1", "host mx said: 550 who?");

  private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
  private final NoticeWriter writer =
      new NoticeWriter("relay.test", new QueueIds(clock), clock, Duration.ofDays(2));

  @Test
  void tellsProgramsWhatRfc3464WantsThemToKnow() throws IOException {
    Recipient bob =
        recipient("bob@there.test", new RcptDsn("FAILURE", "rfc822;bob+2Bx@first.test"));
    Sender alice = new Sender("alice@here.test", -1, false, false, new MailDsn("HDRS", "id+2B7"));

    String text = text(write(alice, "Subject: hello\r\n\r\nhello\r\n", failed(bob)));

    assertThat(text)
        .contains("Content-Type: multipart/report; report-type=delivery-status;\r\n boundary=\"")
        .contains(
            "Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
                + "Reporting-MTA: dns; relay.test\r\n"
                + "Original-Envelope-Id: id+7\r\n"
                + "X-Mailweir-Queue-ID: 4bVcQ45xllz1SCKT\r\n"
                + "Arrival-Date: Sun, 22 Nov 2026 12:00:00 +0000\r\n"
                + "\r\n"
                + "Original-Recipient: rfc822; bob+x@first.test\r\n"
                + "Final-Recipient: rfc822; bob@there.test\r\n"
                + "Action: failed\r\n"
                + "Status: 5.1.1\r\n"
                + "Remote-MTA: dns; mx.there.test\r\n"
                + "Diagnostic-Code: smtp; 550 5.1.1 host mx said: 550 who?\r\n"
                + "Last-Attempt-Date: Sun, 22 Nov 2026 13:00:00 +0000\r\n")
        .contains("Content-Type: text/rfc822-headers\r\n")
        .contains("\r\n\r\nSubject: hello\r\n\r\n--")
        .doesNotContain("\r\nhello\r\n");
  }

  @Test
  void isAMessageOfItsOwnThatIsNeverAnswered() throws IOException {
    Notice notice = write(sender("alice@here.test"), "\r\n", failed(plain())).orElseThrow();

    assertThat(notice.message().sender().address()).isEmpty();
    assertThat(notice.message().recipients())
        .containsExactly(
            new Recipient(
                "alice@here.test", Destination.of("here.test"), new RcptDsn("NEVER", "")));
    assertThat(notice.message().arrived()).isEqualTo(NOW);
    assertThat(notice.message().expires()).isEqualTo(NOW.plus(Duration.ofDays(2)));
    assertThat(text(Optional.of(notice))).contains("\r\nAuto-Submitted: auto-replied\r\n");
  }

  @Test
  void hasPartsThatItsBoundaryTellsApart() throws IOException {
    String text = text(write(sender("alice@here.test"), "Subject: x\r\n\r\nx", failed(plain())));
    String boundary = text.replaceAll("(?s).*boundary=\"([^\"]+)\".*", "$1");

    assertThat(text.split("\r\n--" + boundary.replace("=", "\\="), -1)).hasSize(5);
    assertThat(text).endsWith("\r\n--" + boundary + "--\r\n");
  }

  @Test
  void goesToNobodyWhereTheSenderIsNull() throws IOException {
    assertThat(write(sender(""), "\r\n", failed(plain()))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"postmaster", "alice@", "alice@-here.test"})
  void goesToNobodyWhereTheSenderHasNoDestination(String sender) throws IOException {
    assertThat(write(sender(sender), "\r\n", failed(plain()))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'', FAILED, true",
    "'', RELAYED, false",
    "'', DELAYED, false",
    "NEVER, FAILED, false",
    "FAILURE, FAILED, true",
    "'SUCCESS,DELAY', FAILED, false",
    "'SUCCESS,DELAY', RELAYED, true",
    "'SUCCESS,DELAY', DELAYED, true"
  })
  void tellsWhatTheSenderWantsToHearOf(String notify, Action action, boolean told)
      throws IOException {
    Recipient bob = recipient("bob@there.test", new RcptDsn(notify, ""));

    assertThat(write(sender("a@here.test"), "\r\n", new Report(bob, action, UNKNOWN, PEER)))
        .matches(notice -> notice.isPresent() == told);
  }

  @ParameterizedTest
  @CsvSource({
    "'', 100, false, true",
    "'', 60000, false, false",
    "'', 100, true, false",
    "HDRS, 100, false, false",
    "FULL, 60000, true, true",
    "FULL, 2000000, false, false"
  })
  void returnsAsMuchAsTheSenderWantsWithinLimits(
      String ret, int size, boolean eightBit, boolean whole) throws IOException {
    Sender alice = new Sender("alice@here.test", -1, false, false, new MailDsn(ret, ""));
    String body = "Subject: x\r\n\r\n" + (eightBit ? "\u00e9" : "e").repeat(size) + "\r\n";

    Notice notice = write(alice, body, failed(plain())).orElseThrow();

    assertThat(text(Optional.of(notice)).contains("Content-Type: message/rfc822\r\n"))
        .isEqualTo(whole);
    assertThat(notice.body().eightBit()).isEqualTo(eightBit && whole);
  }

  @Test
  void isInUtf8WhereAnAddressIs() throws IOException {
    Recipient rene = new Recipient("ren\u00e9@there.test", Destination.of("there.test"));

    Notice notice =
        write(sender("alice@here.test"), "Subject: x\r\n\r\n", failed(rene)).orElseThrow();

    assertThat(notice.message().sender().utf8()).isTrue();
    assertThat(notice.body().eightBit()).isTrue();
    assertThat(text(Optional.of(notice)))
        .contains("report-type=global-delivery-status")
        .contains("Content-Type: message/global-delivery-status\r\n")
        .contains("Final-Recipient: utf-8; ren\u00e9@there.test\r\n");
  }

  @Test
  void letsNobodyWriteLinesOfItsOwn() throws IOException {
    Recipient mallory =
        recipient("m@there.test", new RcptDsn("", "rfc822;m+0D+0AAction:+20delivered"));
    Reply reply = new Reply(550, "5.1.1", "no\r\nAction: delivered");

    String text =
        text(
            write(
                sender("alice@here.test"),
                "\r\n",
                new Report(mallory, Action.FAILED, reply, "mx\r\nx[1]:25")));

    assertThat(text.lines().filter(line -> line.startsWith("Action:")))
        .containsExactly("Action: failed");
    assertThat(text.replace("\r\n", "")).doesNotContain("\r").doesNotContain("\n");
  }

  @Test
  void saysThatTimeIsOverByItsStatus() throws IOException {
    Reply late = new Reply(451, "4.4.7", "not delivered in time; 451 4.2.0 later");

    String text =
        text(
            write(sender("alice@here.test"), "\r\n", new Report(plain(), Action.FAILED, late, "")));

    assertThat(text)
        .contains("Action: failed\r\nStatus: 4.4.7\r\nDiagnostic-Code: X-Mailweir; 451 4.4.7 not")
        .doesNotContain("Remote-MTA");
  }

  private Optional<Notice> write(Sender sender, String body, Report report) throws IOException {
    Entry entry = new Entry(1, Destination.of("there.test"), ARRIVED, ARRIVED, EXPIRES, 1, false);
    Envelope envelope =
        new Envelope(
            entry,
            "4bVcQ45xllz1SCKT",
            sender,
            List.of(new Pending(report.recipient(), "")),
            body.length());
    TextBody content = new TextBody(body.getBytes(ISO_8859_1));
    return writer.write(new Letter(envelope, content), List.of(report));
  }

  private static Report failed(Recipient recipient) {
    return new Report(recipient, Action.FAILED, UNKNOWN, PEER);
  }

  private static Recipient plain() {
    return recipient("bob@there.test", RcptDsn.NONE);
  }

  private static Recipient recipient(String address, RcptDsn dsn) {
    return new Recipient(address, Destination.of("there.test"), dsn);
  }

  private static Sender sender(String address) {
    return new Sender(address, -1, false, false);
  }

  private static String text(Optional<Notice> notice) throws IOException {
    try (InputStream in = notice.orElseThrow().body().open()) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }
}
