package org.mailweir.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mailweir.message.Body;
import org.mailweir.message.Destination;
import org.mailweir.message.Recipient;
import org.mailweir.message.Reply;
import org.mailweir.message.Sender;
import org.mailweir.smtp.ConnectFailure;
import org.mailweir.smtp.SmtpConnection;
import org.mailweir.smtp.SmtpResult;
import org.mailweir.smtp.SmtpResult.Stage;
import org.slf4j.LoggerFactory;

class AttemptLogTest {
  private static final Destination TO = new Destination("example.org");

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 100);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(AttemptLog.class);

  @BeforeEach
  void listen() {
    lines.start();
    logger.setLevel(Level.INFO);
    logger.addAppender(lines);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(lines);
    logger.setLevel(null);
  }

  private AttemptLog begun() {
    return new AttemptLog("4bVcQ45xllz1SCKT", TO, now::get);
  }

  private List<String> lines() {
    return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  private static List<SmtpResult> results(String replies) {
    return Arrays.stream(replies.split(";"))
        .map(each -> each.split(" "))
        .map(each -> new Reply(Integer.parseInt(each[0]), each[1], "<u@example.org> said"))
        .map(reply -> new SmtpResult(Stage.DOT, true, reply, false, false))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "250 2.0.0, 'nrcpt=1, status=sent (250 2.0.0)'",
    "250 2.0.0;250 2.0.0, 'nrcpt=2, status=sent (250 2.0.0)'",
    "550 5.1.1, 'nrcpt=1, status=bounced (550 5.1.1)'",
    "451 4.7.1, 'nrcpt=1, status=deferred (451 4.7.1)'",
    "250 2.0.0;550 5.1.1;250 2.0.0, 'nrcpt=3, status=mixed (2 x 250 2.0.0, 1 x 550 5.1.1)'"
  })
  void tellsWhatBecameOfAllRecipientsInOneLine(String replies, String end) {
    AttemptLog line = begun();
    now.addAndGet(123_456_789);
    line.ready(new Connection());
    now.addAndGet(12_345_678_900L);
    line.sent(results(replies));
    assertThat(lines())
        .containsExactly(
            "4bVcQ45xllz1SCKT: to=example.org, relay=mx.example.org[192.0.2.1]:25,"
                + " tls=TLSv1.3/verify, delays=0.12/12, "
                + end);
  }

  @Test
  void tellsWhyThereWasNoConnection() {
    AttemptLog line = begun();
    now.addAndGet(60_000_000_000L);
    Reply reply = new Reply(451, "4.4.1", "connect to mx port 25: timed out" + "x".repeat(300));
    line.failed(new ConnectFailure(ConnectFailure.Kind.UNREACHABLE, reply));
    assertThat(lines())
        .singleElement()
        .asString()
        .startsWith(
            "4bVcQ45xllz1SCKT: to=example.org, relay=none, delays=60, status=deferred"
                + " (451 4.4.1 connect to mx port 25: timed out")
        .hasSizeLessThan(350);
  }

  @Test
  void writesALineForEachAttemptOfATransactionAndNoAddressOfAUser() {
    World world = new World();
    world.send("user1@a.test", "user2@b.test", "user3@a.test");
    world.assertNothingLeft();
    assertThat(lines())
        .hasSize(2)
        .noneMatch(line -> line.contains("@") || line.contains("user"))
        .anyMatch(line -> line.contains("to=a.test") && line.contains("nrcpt=2"))
        .anyMatch(line -> line.contains("to=b.test") && line.contains("nrcpt=1"));
  }

  private static final class Connection implements SmtpConnection {
    @Override
    public String peer() {
      return "mx.example.org[192.0.2.1]:25";
    }

    @Override
    public String tls() {
      return "TLSv1.3/verify";
    }

    @Override
    public void send(
        Sender sender, List<Recipient> recipients, Body body, long deadlineNanos, Results results) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void release() {}

    @Override
    public void abort() {}
  }
}
