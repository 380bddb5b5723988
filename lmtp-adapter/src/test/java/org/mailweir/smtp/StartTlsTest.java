package org.mailweir.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.mailweir.dns.MailExchangers.Host;
import org.mailweir.smtp.ConnectFailure.Kind;
import org.mailweir.tls.TestKeys;
import org.mailweir.tls.TlsMode;
import org.mailweir.tls.TlsPolicy;

/** STARTTLS in each mode, against good, bad and no certificates. */
@Timeout(30)
class StartTlsTest {
  private ScriptedServer server;

  @BeforeEach
  void start() throws Exception {
    server = new ScriptedServer().offers("PIPELINING", "STARTTLS").tls(TestKeys.server("trusted"));
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private static TlsPolicy policy(TlsMode mode) throws Exception {
    return mode == TlsMode.VERIFY
        ? TlsPolicy.verifying(TestKeys.store("roots"))
        : TlsPolicy.of(mode);
  }

  private World world(TlsMode mode) throws Exception {
    return world(mode, "mx.example.test");
  }

  private World world(TlsMode mode, String name) throws Exception {
    Timeouts timeouts = World.timeouts(Duration.ofSeconds(10), Duration.ofSeconds(10));
    SmtpConfig.Builder config = World.config(server.port()).timeouts(timeouts);
    return new World(config, policy(mode)).route(server.host(name));
  }

  private void assertDelivers(World world) throws Exception {
    try (world) {
      assertThat(world.deliver("u@x.test").get(0).reply().code()).isEqualTo(250);
      assertThat(server.messages).hasSize(1);
    }
  }

  private void assertFails(World world, String status, String text) {
    try (world) {
      ConnectFailure failure = catchThrowableOfType(ConnectFailure.class, world::connect);
      assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
      assertThat(failure.reply().code()).isEqualTo(451);
      assertThat(failure.reply().status()).isEqualTo(status);
      assertThat(failure.reply().text()).contains(text);
      assertThat(server.count("MAIL")).isZero();
      await().untilAsserted(() -> assertThat(world.client.counters().open()).isZero());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"VERIFY", "ENCRYPT", "MAY"})
  void deliversOverTls(TlsMode mode) throws Exception {
    assertDelivers(world(mode));
    assertThat(server.commands) // QUIT may come at this moment
        .startsWith("EHLO relay.test", "STARTTLS", "EHLO relay.test", "MAIL FROM:<a@sender.test>");
  }

  @Test
  void usesATlsConnectionAgain() throws Exception {
    try (World world = world(TlsMode.VERIFY)) {
      world.deliver("u@x.test");
      world.deliver("u@x.test");
      assertThat(world.client.counters().reused()).isEqualTo(1);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void sendsALargeBodyOverTls() throws Exception {
    String text = ("." + "x".repeat(76) + "\r\n").repeat(20_000);
    try (World world = world(TlsMode.VERIFY)) {
      world.send(world.connect(), TestBody.of(text), "u@x.test");
      assertThat(server.message(0).equals(text)).isTrue();
    }
  }

  @Test
  void neverStartsTlsWhereItIsOff() throws Exception {
    assertDelivers(world(TlsMode.NONE));
    assertThat(server.count("STARTTLS")).isZero();
  }

  @ParameterizedTest
  @CsvSource({"stranger", "expired"})
  void verifyRefusesABadCertificate(String key) throws Exception {
    server.tls(TestKeys.server(key));
    assertFails(world(TlsMode.VERIFY), "4.7.5", "mx.example.test[127.0.0.1]: certificate not");
  }

  @Test
  void verifyRefusesACertificateForAnotherName() throws Exception {
    assertFails(world(TlsMode.VERIFY, "other.example.test"), "4.7.5", "certificate not accepted");
  }

  @Test
  void verifyTakesACertificateForTheAddressOfALiteral() throws Exception {
    assertDelivers(world(TlsMode.VERIFY, "[127.0.0.1]"));
  }

  @ParameterizedTest
  @EnumSource(names = {"ENCRYPT", "MAY"})
  void takesAnyCertificateForAnyName(TlsMode mode) throws Exception {
    server.tls(TestKeys.server("stranger"));
    assertDelivers(world(mode, "under_score.example.test"));
    assertThat(server.connections()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"VERIFY", "ENCRYPT"})
  void failsWhereTlsIsNotOffered(TlsMode mode) throws Exception {
    server.offers("PIPELINING");
    assertFails(world(mode), "4.7.4", "TLS is required, but not offered");
  }

  @ParameterizedTest
  @EnumSource(names = {"VERIFY", "ENCRYPT"})
  void failsWhereEhloIsNotUnderstood(TlsMode mode) throws Exception {
    server.on("EHLO", "502 what");
    assertFails(world(mode), "4.3.0", "said: 502 what (in reply to EHLO)");
  }

  @ParameterizedTest
  @EnumSource(names = {"VERIFY", "ENCRYPT"})
  void failsWhereStartTlsIsRefused(TlsMode mode) throws Exception {
    server.on("STARTTLS", "454 4.7.0 not now");
    assertFails(world(mode), "4.7.0", "said: 454 4.7.0 not now (in reply to STARTTLS)");
  }

  @ParameterizedTest
  @EnumSource(names = {"VERIFY", "ENCRYPT", "MAY"})
  void failsWhereTheHostSpeaksInPlainTextAfterStartTls(TlsMode mode) throws Exception {
    server.on("STARTTLS", "220 go\r\n250 injected");
    assertFails(world(mode), "4.4.1", "data after the reply to STARTTLS");
  }

  @Test
  void encryptFailsWhereTheHandshakeFails() throws Exception {
    server.on("STARTTLS", ScriptedServer.LAST + "220 go");
    assertFails(world(TlsMode.ENCRYPT), "4.7.5", "TLS handshake failed");
  }

  @Test
  void mayGoesOnInPlainTextWhereTlsIsNotOffered() throws Exception {
    server.offers("PIPELINING");
    assertDelivers(world(TlsMode.MAY));
  }

  @Test
  void mayGoesOnInPlainTextWhereStartTlsIsRefused() throws Exception {
    server.on("STARTTLS", "454 4.7.0 not now");
    assertDelivers(world(TlsMode.MAY));
    assertThat(server.connections()).isEqualTo(1);
  }

  @Test
  void mayConnectsAgainInPlainTextWhereTheHandshakeFails() throws Exception {
    server.on("STARTTLS", ScriptedServer.LAST + "220 go");
    assertDelivers(world(TlsMode.MAY));
    assertThat(server.connections()).isEqualTo(2);
    assertThat(server.count("STARTTLS")).isEqualTo(1);
  }

  @Test
  void givesUpOnAHandshakeThatHangs() throws Exception {
    server.tls(TestKeys.server("trusted")).on("STARTTLS", "220 go").hangsAfterStartTls();
    Timeouts impatient = World.timeouts(Duration.ofSeconds(1), Duration.ofSeconds(10));
    SmtpConfig.Builder config = World.config(server.port()).timeouts(impatient);
    Host host = server.host("mx.example.test");
    assertFails(new World(config, policy(TlsMode.VERIFY)).route(host), "4.7.5", "timed out");
  }
}
