package org.mailweir.loopback;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.common.hash.Hashing;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mailweir.loopback.SinkBehaviour.Greeting;
import org.mailweir.loopback.Violation.Rule;

@Timeout(60)
class SmtpSinkTest {
  private static final String ENVELOPE = "MAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\n";

  private LoopbackNet net;
  private SmtpSink sink;

  @BeforeEach
  void open() throws IOException {
    net = LoopbackNet.open();
    sink = SmtpSink.on(net);
  }

  @AfterEach
  void close() throws IOException {
    sink.close();
    net.close();
  }

  @Test
  void recordsAPipelinedMessageByteForByte() throws IOException {
    SinkHost host = sink.host(SinkBehaviour.healthy());
    try (Dialogue client = greeted(host)) {
      client.send("MAIL FROM:<> SIZE=20 BODY=8BITMIME\r\nRCPT TO:<\"x y\"@d.test>\r\nDATA\r\n");
      client.expect(250).expect(250).expect(354);
      client.send("..stuffed\r\n\r\n...\r\n\u00e9\r\n.\r\nQUIT\r\n").expect(250).expect(221);
      client.expectEnd();
    }
    Arrival arrival = sink.arrivals().get(0);
    byte[] expected = {
      '.',
      's',
      't',
      'u',
      'f',
      'f',
      'e',
      'd',
      '\r',
      '\n',
      '\r',
      '\n',
      '.',
      '.',
      '\r',
      '\n',
      (byte) 0xe9,
      '\r',
      '\n'
    };
    assertThat(arrival.content().orElseThrow().bytes()).isEqualTo(expected);
    assertThat(arrival.sha256()).isEqualTo(Hashing.sha256().hashBytes(expected));
    assertThat(arrival.size()).isEqualTo(expected.length);
    assertThat(arrival.sender()).isEmpty();
    assertThat(arrival.recipients()).containsExactly("\"x y\"@d.test");
    assertThat(arrival.parameters()).containsExactly("SIZE=20", "BODY=8BITMIME");
    assertThat(arrival.dotNanos() - arrival.mailNanos()).isNotNegative();
    assertThat(sink.violations()).isEmpty();
  }

  @Test
  void takesAnEmptyMessageAndThenAnotherOne() throws IOException {
    SinkHost host = sink.host(SinkBehaviour.healthy());
    try (Dialogue client = greeted(host)) {
      for (int i = 0; i < 2; i++) {
        client.send(ENVELOPE + "DATA\r\n").expect(250).expect(250).expect(354);
        client.send(".\r\n").expect(250);
      }
    }
    assertThat(sink.arrivals()).extracting(Arrival::size).containsExactly(0L, 0L);
    assertThat(sink.byRecipient().get("c@d.test")).hasSize(2);
    assertThat(sink.violations()).isEmpty();
  }

  @Test
  void keepsOnlyTheHashOfALargeMessage() throws IOException {
    SinkHost host = sink.host(SinkBehaviour.healthy());
    String body = "0123456789 large\r\n".repeat(200_000);
    try (Dialogue client = greeted(host)) {
      client.send(ENVELOPE + "DATA\r\n").expect(250).expect(250).expect(354);
      client.send(body).send(".\r\n").expect(250);
    }
    assertThat(sink.arrivals().get(0).content()).isEmpty();
    assertThat(sink.arrivals().get(0).sha256()).isEqualTo(Hashing.sha256().hashString(body, UTF_8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "BARE_LF_IN_COMMAND|NOOP\\n",
        "BARE_CR_IN_COMMAND|NO\\rOP\\r\\n",
        "CONTROL_IN_COMMAND|NOOP \\0\\r\\n",
        "SYNTAX|MAIL FROM: <a@b.test>\\r\\n",
        "SYNTAX|MAIL FROM:a@b.test\\r\\n",
        "SYNTAX|FROB\\r\\n",
        "SYNTAX|QUIT now\\r\\n",
        "ORDER|DATA\\r\\n",
        "ORDER|RCPT TO:<c@d.test>\\r\\n",
        "ORDER|MAIL FROM:<a@b.test>\\r\\nMAIL FROM:<a@b.test>\\r\\n",
        "PARAMETER|MAIL FROM:<a@b.test> RET=HDRS\\r\\n",
        "PARAMETER|MAIL FROM:<a@b.test>\\r\\nRCPT TO:<c@d.test> NOTIFY=NEVER\\r\\n",
        "NON_ASCII_COMMAND|MAIL FROM:<\\xe9@b.test>\\r\\n",
        "AHEAD_OF_REPLY|NOOP\\r\\nNOOP\\r\\n",
        "AHEAD_OF_REPLY|MAIL FROM:<a@b.test>\\r\\nRCPT TO:<c@d.test>\\r\\nDATA\\r\\nX\\r\\n.\\r\\n",
      })
  void notesABreachOfTheProtocol(Rule rule, String line) throws IOException {
    SinkHost host = sink.host(SinkBehaviour.healthy());
    try (Dialogue client = greeted(host)) {
      client.send(
          line.replace("\\r", "\r")
              .replace("\\n", "\n")
              .replace("\\0", "\0")
              .replace("\\xe9", "\u00c3\u00a9"));
      client.reply();
    }
    assertThat(sink.violations()).extracting(Violation::rule).containsExactly(rule);
  }

  @ParameterizedTest
  @CsvSource(
      value = {
        "BARE_LF_IN_MESSAGE,550,a_n",
        "BARE_CR_IN_MESSAGE,550,a_rb_r_n",
        "BARE_LF_IN_MESSAGE,550,a_n._n",
        "UNDECLARED_EIGHT_BIT,250,\u00e9_r_n"
      })
  void notesWhatIsWrongWithAMessage(Rule rule, int code, String body) throws IOException {
    SinkHost host = sink.host(SinkBehaviour.healthy());
    try (Dialogue client = greeted(host)) {
      client.send(ENVELOPE + "DATA\r\n").expect(250).expect(250).expect(354);
      client.send(body.replace("_r", "\r").replace("_n", "\n") + "\r\n.\r\n").expect(code);
    }
    assertThat(sink.violations()).extracting(Violation::rule).containsExactly(rule);
  }

  @Test
  void notesPipeliningThatWasNotOffered() throws IOException {
    SinkHost host = sink.host(SinkBehaviour.healthy().withoutExtensions());
    try (Dialogue client = greeted(host)) {
      client.send(ENVELOPE).expect(250).expect(250);
    }
    assertThat(sink.violations())
        .extracting(Violation::rule)
        .containsExactly(Rule.PIPELINED_WITHOUT_OFFER);
  }

  @Test
  void greylistsEachSenderAndRecipientOnce() throws IOException {
    SinkHost host = sink.host(SinkBehaviour.greylisting());
    try (Dialogue client = greeted(host)) {
      client.say("MAIL FROM:<a@b.test>", 250);
      client.say("RCPT TO:<c@d.test>", 450).say("RCPT TO:<e@d.test>", 450);
      client.say("RCPT TO:<c@d.test>", 250).say("RSET", 250);
      client.say("MAIL FROM:<other@b.test>", 250).say("RCPT TO:<c@d.test>", 450);
    }
  }

  @Test
  void takesNoMoreConnectionsThanItsLimitAndCountsThePeak() throws IOException {
    SinkHost host = sink.host(SinkBehaviour.healthy().limitedTo(2));
    List<Dialogue> clients = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      clients.add(greeted(host));
    }
    try (Dialogue third = Dialogue.with(host.address(), net.port())) {
      assertThat(third.reply()).isEqualTo("421 4.7.0 too many connections");
      third.expectEnd();
    }
    for (Dialogue client : clients) {
      client.close();
    }
    await().until(() -> host.connectionsOpen() == 0);
    assertThat(host.peakConnections()).isEqualTo(3);
    assertThat(host.turnedAway()).isEqualTo(1);
    greeted(host).close();
  }

  @Test
  void neverCountsAConnectionThatWasClosedBeforeTheNextOneWasOpened() throws IOException {
    SinkHost host = sink.host(SinkBehaviour.healthy());
    for (int i = 0; i < 300; i++) {
      Dialogue.with(host.address(), net.port()).close();
    }
    await().until(() -> host.connections() == 300);
    assertThat(host.peakConnections()).isEqualTo(1);
  }

  @Test
  void isSilentOrCurtWhereToldTo() throws IOException {
    SinkHost closing = sink.host(SinkBehaviour.closing());
    try (Dialogue client = Dialogue.with(closing.address(), net.port())) {
      client.expectEnd();
    }
    SinkHost busy = sink.host(SinkBehaviour.healthy().greeting(Greeting.PUSH_BACK));
    try (Dialogue client = Dialogue.with(busy.address(), net.port())) {
      client.expect(421).expectEnd();
    }
    SinkHost silent = sink.host(SinkBehaviour.silent());
    try (Dialogue client = Dialogue.with(silent.address(), net.port())) {
      await().until(() -> silent.connectionsOpen() == 1);
      client.send("EHLO too.early\r\n");
      await().until(() -> !sink.violations().isEmpty());
    }
    assertThat(sink.violations().get(0).rule()).isEqualTo(Rule.BEFORE_GREETING);
  }

  @Test
  void answersTheDotAfterItsServiceTimeAndKeepsTheMessageOfAClientThatLeft() throws IOException {
    SinkHost host = sink.host(SinkBehaviour.slow(Duration.ofMillis(300)));
    try (Dialogue client = greeted(host)) {
      client.send(ENVELOPE + "DATA\r\n").expect(250).expect(250).expect(354);
      long before = System.nanoTime();
      client.send(".\r\n").expect(250);
      assertThat(System.nanoTime() - before).isGreaterThan(Duration.ofMillis(290).toNanos());
      client.send(ENVELOPE + "DATA\r\n").expect(250).expect(250).expect(354);
      client.send(".\r\n");
    }
    await().until(() -> sink.count() == 2);
    assertThat(sink.arrivals()).extracting(Arrival::answered).containsExactly(true, false);
  }

  @Test
  void failsTheGivenShareOfMessages() throws IOException {
    SinkHost host = sink.host(SinkBehaviour.healthy().flaky(0.5));
    int taken = 0;
    for (int i = 0; i < 100; i++) {
      try (Dialogue client = greeted(host)) {
        client.send(ENVELOPE + "DATA\r\n");
        List<String> codes = List.of(client.reply(), client.reply(), client.reply());
        if (codes.get(2).startsWith("354")) {
          client.send(".\r\n");
          try {
            taken += client.reply().startsWith("250") ? 1 : 0;
          } catch (IOException dropped) {
            assertThat(dropped).hasMessageContaining("closed");
          }
        }
      }
    }
    assertThat(taken).isEqualTo(sink.count()).isBetween(30, 70);
    assertThat(sink.violations()).isEmpty();
  }

  @Test
  void refusesConnectionsWhenItIsDownAndTakesThemWhenItIsBack() throws IOException {
    SinkHost host = sink.host(SinkBehaviour.healthy());
    try (Dialogue client = greeted(host)) {
      host.close();
      client.expectEnd();
    }
    assertThatThrownBy(() -> Dialogue.with(host.address(), net.port()))
        .isInstanceOf(ConnectException.class);
    greeted(sink.host(host.address(), SinkBehaviour.healthy())).close();
  }

  private Dialogue greeted(SinkHost host) throws IOException {
    return Dialogue.with(host.address(), net.port()).expect(220).say("EHLO client.test", 250);
  }
}
