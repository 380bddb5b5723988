package org.mailweir.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.common.hash.Hashing;
import java.security.cert.Certificate;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.message.Destination;
import org.mailweir.smtp.ConnectFailure.Kind;
import org.mailweir.smtp.World.Watcher;
import org.mailweir.tls.DomainTlsPolicies;
import org.mailweir.tls.TestKeys;
import org.mailweir.tls.TlsMode;
import org.mailweir.tls.TlsPolicies;
import org.mailweir.tls.TlsPolicyTable;

/** TLS as the destination's own line in the policy table wants it. */
@Timeout(30)
class DomainTlsTest {
  private ScriptedServer server;

  @BeforeEach
  void start() throws Exception {
    server = new ScriptedServer().offers("PIPELINING", "STARTTLS").tls(TestKeys.server("stranger"));
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private World world(String table, Destination destination, String exchanger) throws Exception {
    TlsPolicies policies =
        DomainTlsPolicies.trusting(
            TestKeys.store("roots"), TlsMode.VERIFY, TlsPolicyTable.parse(table));
    Timeouts timeouts = World.timeouts(Duration.ofSeconds(10), Duration.ofSeconds(10));
    return new World(World.config(server.port()).timeouts(timeouts), policies)
        .route(destination, server.host(exchanger));
  }

  private SmtpConnection connect(String table, String destination) throws Exception {
    Destination to = Destination.of(destination);
    String exchanger = to.isLiteral() ? to.name() : "mx.example.test";
    return world(table, to, exchanger).client.connect(to, new Watcher());
  }

  private void assertRefused(String table, String destination, String words) {
    ConnectFailure failure =
        catchThrowableOfType(ConnectFailure.class, () -> connect(table, destination));
    assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
    assertThat(failure.reply().status()).isEqualTo("4.7.5");
    assertThat(failure.reply().text()).contains(words);
    assertThat(server.count("MAIL")).isZero();
  }

  private static String fingerprint(String key, boolean ofPublicKey) throws Exception {
    Certificate certificate = TestKeys.certificate(key);
    byte[] bytes = ofPublicKey ? certificate.getPublicKey().getEncoded() : certificate.getEncoded();
    return Hashing.sha256().hashBytes(bytes).toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[127.0.0.1]", "_test.example"})
  void takesWhatHasSignedItselfWhereChatmailDoes(String destination) throws Exception {
    String chatmail = "/^\\[[^]]+\\]$/ encrypt\n/^_/ encrypt\n";
    assertThat(connect(chatmail, destination).tls()).isEqualTo("TLSv1.3/encrypt");
    assertRefused(chatmail, "other.example", "certificate not accepted");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void takesTheCertificateOrKeyWithTheFingerprint(boolean ofPublicKey) throws Exception {
    String line = "a.example fingerprint match=" + fingerprint("stranger", ofPublicKey);
    assertThat(connect(line, "a.example").tls()).isEqualTo("TLSv1.3/fingerprint");
  }

  @Test
  void takesNoOtherCertificateThanTheOneWithTheFingerprint() throws Exception {
    String line = "a.example fingerprint match=" + fingerprint("expired", false);
    assertRefused(line, "a.example", "its fingerprint is not one of those in the policy");
  }

  @Test
  void neverResumesASessionThatAMilderPolicyMade() throws Exception {
    Destination mild = Destination.of("mild.example");
    Destination strict = Destination.of("strict.example");
    try (World world =
        world("mild.example encrypt", mild, "mx.example.test")
            .route(strict, server.host("mx.example.test"))) {
      assertThat(world.client.connect(mild, new Watcher()).tls()).isEqualTo("TLSv1.3/encrypt");
      assertThat(
              catchThrowableOfType(
                      ConnectFailure.class, () -> world.client.connect(strict, new Watcher()))
                  .reply()
                  .status())
          .isEqualTo("4.7.5");
    }
  }

  @Test
  void neverSendsOverAnIdleConnectionThatAMilderPolicyMade() throws Exception {
    Destination mild = Destination.of("mild.example");
    Destination strict = Destination.of("strict.example");
    try (World world =
        world("mild.example encrypt", mild, "mx.example.test")
            .route(strict, server.host("mx.example.test"))) {
      world.send(world.client.connect(mild, new Watcher()), World.HELLO, "u@mild.example");
      assertThat(world.client.counters().idle()).isEqualTo(1);
      assertThat(
              catchThrowableOfType(
                      ConnectFailure.class, () -> world.client.connect(strict, new Watcher()))
                  .reply()
                  .status())
          .isEqualTo("4.7.5");
      assertThat(server.messages).hasSize(1);
    }
  }

  @Test
  void sharesAnIdleConnectionWhereTheSamePolicyMadeIt() throws Exception {
    Destination one = Destination.of("one.example");
    Destination other = Destination.of("other.example");
    try (World world =
        world("one.example encrypt\nother.example encrypt", one, "mx.example.test")
            .route(other, server.host("mx.example.test"))) {
      world.send(world.client.connect(one, new Watcher()), World.HELLO, "u@one.example");
      world.send(world.client.connect(other, new Watcher()), World.HELLO, "u@other.example");
      assertThat(server.messages).hasSize(2);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource({"none, ''", "may, TLSv1.3/may"})
  void isAsMildAsTheTableSays(String level, String tls) throws Exception {
    assertThat(connect("nauta.cu " + level, "nauta.cu").tls()).isEqualTo(tls);
    assertThat(server.count("STARTTLS")).isEqualTo(tls.isEmpty() ? 0 : 1);
  }
}
