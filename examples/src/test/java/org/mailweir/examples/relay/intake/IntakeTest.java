package org.mailweir.examples.relay.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mailweir.examples.relay.spool.Entry;
import org.mailweir.examples.relay.spool.Letter;
import org.mailweir.examples.relay.spool.MemoryBody;
import org.mailweir.examples.relay.spool.MemorySpool;
import org.mailweir.examples.relay.spool.QueueIds;
import org.mailweir.lmtp.MailTransaction;
import org.mailweir.lmtp.Origin;
import org.mailweir.message.Body;
import org.mailweir.message.Destination;
import org.mailweir.message.MailDsn;
import org.mailweir.message.RcptDsn;
import org.mailweir.message.Recipient;
import org.mailweir.message.Reply;
import org.mailweir.message.Sender;

class IntakeTest {
  private static final Instant NOW = Instant.parse("2026-11-02T09:05:07Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  private static final Duration LIFETIME = Duration.ofDays(2);
  private static final Sender SENDER =
      new Sender("a@sender.test", 7, true, false, new MailDsn("HDRS", "id"));
  private static final Recipient ONE =
      new Recipient("u@one.test", new Destination("one.test"), new RcptDsn("NEVER", "rfc822;x"));
  private static final Recipient TWO = new Recipient("v@two.test", new Destination("two.test"));
  private static final String TEXT = "Subject: \u00e4\r\n\r\n.\r\n";

  private final MemorySpool spool = new MemorySpool();
  private final List<Entry> queued = new ArrayList<>();
  private final List<Reply> replies = new ArrayList<>();
  private boolean queueHasRoom = true;
  private Intake intake = intakeFor(queued::addAll);

  private Intake intakeFor(Consumer<List<Entry>> queue) {
    return new Intake(
        "relay.test", spool, new QueueIds(CLOCK), LIFETIME, CLOCK, () -> queueHasRoom, queue);
  }

  private static Origin origin(String address, String with) {
    return new Origin(InetAddresses.forString(address), "client.test", with, Optional.empty());
  }

  private List<Reply> send(Body body, Recipient... recipients) throws InterruptedException {
    replies.clear();
    try (MailTransaction transaction = intake.begin(SENDER, origin("192.0.2.1", "ESMTP"))) {
      assertThat(transaction.admit(List.of(recipients), () -> false))
          .hasSize(recipients.length)
          .containsOnly(new Reply(250, "2.1.5", "Ok"));
      transaction.deliver(body, replies::add, () -> false);
    }
    return replies;
  }

  private Letter only() throws Exception {
    assertThat(queued).hasSize(1);
    return spool.open(queued.get(0).id()).orElseThrow();
  }

  @Test
  void spoolsTheMessageWithAReceivedLineOnTop() throws Exception {
    send(new MemoryBody(TEXT), ONE);
    try (Letter letter = only()) {
      String id = letter.envelope().queueId();
      assertThat(replies).containsExactly(new Reply(250, "2.0.0", "Ok: queued as " + id));
      String expected =
          "Received: from client.test ([192.0.2.1])\r\n"
              + "\tby relay.test with ESMTP id "
              + id
              + ";\r\n\tMon, 2 Nov 2026 09:05:07 +0000\r\n"
              + TEXT;
      assertThat(new String(letter.body().open().readAllBytes(), UTF_8)).isEqualTo(expected);
      assertThat(letter.body().size()).isEqualTo(expected.getBytes(UTF_8).length);
      assertThat(letter.body().eightBit()).isTrue();
    }
  }

  @Test
  void keepsTheEnvelopeAsItCame() throws Exception {
    send(new MemoryBody(TEXT), ONE, TWO);
    assertThat(queued)
        .extracting(Entry::destination)
        .containsExactly(ONE.destination(), TWO.destination());
    assertThat(queued).allMatch(e -> e.due().equals(NOW) && e.expires().equals(NOW.plus(LIFETIME)));
    try (Letter letter = spool.open(queued.get(0).id()).orElseThrow()) {
      assertThat(letter.envelope().sender()).isEqualTo(SENDER);
      assertThat(letter.envelope().recipients()).containsExactly(ONE);
    }
  }

  @Test
  void leavesTheBodyToItsOwner() throws Exception {
    Body body = new MemoryBody(TEXT);
    send(body, ONE);
    assertThat(body.open().readAllBytes()).isEqualTo(TEXT.getBytes(UTF_8));
  }

  @Test
  void answersEachRecipientAlike() throws Exception {
    assertThat(send(new MemoryBody(TEXT), ONE, ONE, TWO)).hasSize(3);
    assertThat(replies).containsOnly(replies.get(0));
    assertThat(queued).as("a recipient named twice gets one copy").hasSize(2);
  }

  @Test
  void tellsTheQueueBeforeItAnswers() throws Exception {
    intake =
        intakeFor(
            entries -> {
              assertThat(replies).isEmpty();
              assertThat(spool.totals().entries()).isEqualTo(1);
              queued.addAll(entries);
            });
    send(new MemoryBody(TEXT), ONE);
    assertThat(queued).hasSize(1);
  }

  @Test
  void acknowledgesWhatIsSpooledEvenIfTheQueueFails() throws Exception {
    intake =
        intakeFor(
            entries -> {
              throw new IllegalStateException("a defect");
            });
    assertThat(send(new MemoryBody(TEXT), ONE).get(0).code()).isEqualTo(250);
    assertThat(spool.reopen().claim(10)).hasSize(1);
  }

  @Test
  void answers452WhileTheSpoolIsFull() throws Exception {
    spool.capacity(10);
    assertThat(send(new MemoryBody(TEXT), ONE, TWO)).hasSize(2);
    assertThat(replies)
        .containsOnly(new Reply(452, "4.3.1", "No room in the queue now, try again later"));
    assertThat(queued).isEmpty();
    spool.capacity(1000);
    assertThat(send(new MemoryBody(TEXT), ONE).get(0).code()).isEqualTo(250);
  }

  @ParameterizedTest
  @CsvSource({"6, 452", "7, 250"})
  void refusesRecipientsOfAMessageForWhichThereIsNoRoom(long room, int code) throws Exception {
    spool.capacity(room);
    try (MailTransaction transaction = intake.begin(SENDER, origin("192.0.2.1", "ESMTP"))) {
      assertThat(transaction.admit(List.of(ONE, TWO), () -> false))
          .hasSize(2)
          .allMatch(reply -> reply.code() == code);
    }
  }

  @Test
  void refusesRecipientsWhileTheQueueHasNoRoom() throws Exception {
    queueHasRoom = false;
    try (MailTransaction transaction = intake.begin(SENDER, origin("192.0.2.1", "ESMTP"))) {
      assertThat(transaction.admit(List.of(ONE), () -> false).get(0).code()).isEqualTo(452);
    }
  }

  @Test
  void answers451WhileTheSpoolFails() throws Exception {
    spool.close();
    assertThat(send(new MemoryBody(TEXT), ONE))
        .containsExactly(
            new Reply(451, "4.3.0", "The message cannot be kept now, try again later"));
    assertThat(queued).isEmpty();
  }

  @Test
  void answers451IfTheMessageCannotBeReadAgain() throws Exception {
    Body body = new MemoryBody(TEXT);
    body.close();
    assertThat(send(body, ONE).get(0).code()).isEqualTo(451);
    assertThat(queued).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"50, 250", "51, 554"})
  void refusesMailThatIsLooping(int hops, int code) throws Exception {
    assertThat(send(new MemoryBody("Received: x\r\n".repeat(hops) + TEXT), ONE).get(0).code())
        .isEqualTo(code);
    assertThat(queued).hasSize(code == 250 ? 1 : 0);
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, ESMTP, 192.0.2.1",
    "192.0.2.1, LMTP, 192.0.2.1",
    "2001:db8::1, SMTP, IPv6:2001:db8::1",
    "::1, UTF8SMTP, IPv6:::1",
  })
  void namesTheClientAndItsProtocol(String address, String with, String literal) {
    assertThat(new Stamp("relay.test").line(origin(address, with), "ID", NOW))
        .isEqualTo(
            "Received: from client.test (["
                + literal
                + "])\r\n\tby relay.test with "
                + with
                + " id ID;\r\n\tMon, 2 Nov 2026 09:05:07 +0000\r\n");
  }

  @Test
  void leavesTheInterfaceOfAnAddressOut() throws Exception {
    InetAddress linkLocal =
        Inet6Address.getByAddress(null, InetAddress.getByName("fe80::1").getAddress(), 1);
    Origin origin = new Origin(linkLocal, "client.test", "ESMTP", Optional.empty());
    assertThat(new Stamp("relay.test").line(origin, "ID", NOW)).contains("([IPv6:fe80::1])\r\n");
  }
}
