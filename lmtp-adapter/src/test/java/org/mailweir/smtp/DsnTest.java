package org.mailweir.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.dns.MailExchangers.Host;
import org.mailweir.loopback.LoopbackNet;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.loopback.SinkHost;
import org.mailweir.loopback.SmtpSink;
import org.mailweir.message.MailDsn;
import org.mailweir.message.RcptDsn;
import org.mailweir.message.Recipient;
import org.mailweir.message.Sender;
import org.mailweir.tls.TlsMode;
import org.mailweir.tls.TlsPolicy;

/** What a sender asks for of notifications, sent on (RFC 3461 section 5.2). */
@Timeout(30)
class DsnTest {
  private static final String[] WITH_DSN = {"PIPELINING", "DSN", "SIZE 10000000"};
  private static final Sender SENDER =
      new Sender("a@sender.test", -1, false, false, new MailDsn("HDRS", "id+2B7"));
  private static final List<Recipient> RECIPIENTS =
      List.of(
          to("u@example.test", "DELAY,SUCCESS", "rfc822;alias+2B@example.test"),
          to("v@example.test", "NEVER", ""),
          to("w@example.test", "", ""));

  private ScriptedServer server;
  private World world;

  @BeforeEach
  void start() throws Exception {
    server = new ScriptedServer();
    world = World.of(server);
  }

  @AfterEach
  void stop() throws Exception {
    world.close();
    server.close();
  }

  private static Recipient to(String address, String events, String orcpt) {
    return new Recipient(address, World.EXAMPLE, new RcptDsn(events, orcpt));
  }

  private static List<SmtpResult> deliver(World world, List<Recipient> recipients)
      throws Exception {
    World.Collector collector = new World.Collector(recipients.size());
    SmtpConnection connection = world.connect();
    connection.send(
        SENDER, recipients, World.HELLO, world.now() + TimeUnit.SECONDS.toNanos(25), collector);
    connection.release();
    return collector.all();
  }

  @Test
  void passesOnWhatWasAskedForAndNoMore() throws Exception {
    server.offers(WITH_DSN);
    assertThat(deliver(world, RECIPIENTS)).extracting(SmtpResult::notifies).containsOnly(true);
    assertThat(server.commands)
        .contains(
            "MAIL FROM:<a@sender.test> SIZE=22 RET=HDRS ENVID=id+2B7",
            "RCPT TO:<u@example.test> NOTIFY=DELAY,SUCCESS ORCPT=rfc822;alias+2B@example.test",
            "RCPT TO:<v@example.test> NOTIFY=NEVER",
            "RCPT TO:<w@example.test>");
  }

  @Test
  void saysNothingWhereDsnIsNotOffered() throws Exception {
    assertThat(deliver(world, RECIPIENTS)).extracting(SmtpResult::notifies).containsOnly(false);
    assertThat(server.commands)
        .contains("MAIL FROM:<a@sender.test> SIZE=22", "RCPT TO:<u@example.test>");
  }

  @Test
  void leavesTheNotificationOfARefusalToUs() throws Exception {
    server.offers(WITH_DSN).on("RCPT", "250 ok", "550 5.1.1 who", "250 ok");
    assertThat(deliver(world, RECIPIENTS))
        .extracting(SmtpResult::notifies)
        .containsExactly(true, false, true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rfc822;x\r\nRCPT TO:<y@example.test>", "rfc822;\0"})
  void neverSendsControlCharacters(String orcpt) throws Exception {
    server.offers(WITH_DSN);
    assertThat(deliver(world, List.of(to("u@example.test", "", orcpt))).get(0).reply().code())
        .isEqualTo(553);
    assertThat(server.commands).noneMatch(command -> command.startsWith("MAIL"));
  }

  @Test
  void satisfiesAHostThatChecksTheGrammar() throws Exception {
    try (LoopbackNet net = LoopbackNet.open();
        SmtpSink sink = SmtpSink.on(net)) {
      SinkHost host = sink.host(SinkBehaviour.healthy().offeringDsn());
      try (World strict = new World(World.config(net.port()), TlsPolicy.of(TlsMode.NONE))) {
        strict.route(new Host("mx.example.test", host.address()));
        assertThat(deliver(strict, RECIPIENTS)).allMatch(result -> result.reply().isPositive());
      }
      assertThat(sink.violations()).isEmpty();
      assertThat(sink.arrivals().get(0).parameters()).contains("RET=HDRS", "ENVID=ID+2B7");
    }
  }
}
