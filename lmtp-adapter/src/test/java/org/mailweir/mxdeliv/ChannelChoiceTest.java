package org.mailweir.mxdeliv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.mailweir.mxdeliv.HttpsWorld.EXAMPLE;
import static org.mailweir.mxdeliv.HttpsWorld.code;

import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mailweir.message.Destination;
import org.mailweir.mxdeliv.HttpsWorld.Watcher;
import org.mailweir.smtp.ConnectFailure;
import org.mailweir.smtp.ConnectFailure.Kind;
import org.mailweir.smtp.SmtpConnection;
import org.mailweir.tls.DomainTlsPolicies;
import org.mailweir.tls.TestKeys;
import org.mailweir.tls.TlsMode;
import org.mailweir.tls.TlsPolicies;
import org.mailweir.tls.TlsPolicyTable;

/** Which of HTTPS and SMTP is ready first, and which may be used at all. */
@Timeout(60)
class ChannelChoiceTest {
  private static final Duration SHORT = Duration.ofMillis(50);
  private static final MockResponse SLOW =
      new MockResponse.Builder().headersDelay(1, TimeUnit.SECONDS).code(405).build();
  private static final MockResponse HANGS =
      new MockResponse.Builder().headersDelay(55, TimeUnit.SECONDS).code(405).build();

  private HttpsWorld world;

  @AfterEach
  void close() throws Exception {
    world.close();
  }

  private static TlsPolicies policies(String table) throws Exception {
    return DomainTlsPolicies.trusting(
        TestKeys.store("roots"), TlsMode.VERIFY, TlsPolicyTable.parse(table));
  }

  @Test
  void triesSmtpWhereHttpsIsSilentBeyondItsHeadStart() throws Exception {
    world = new HttpsWorld().headStart(SHORT);
    world.head = HANGS;
    assertThat(world.deliver("b@example.test").get(0).reply().code()).isEqualTo(250);
    assertThat(world.smtp.messages).hasSize(1);
    world.deliver("b@example.test");
    assertThat(world.methods()).as("it is remembered").hasSizeLessThan(2);
  }

  @Test
  void takesHttpsWhereItIsReadyWhileSmtpHangs() throws Exception {
    world = new HttpsWorld().headStart(SHORT);
    world.head = SLOW;
    world.smtp.reachable = new CompletableFuture<>();
    assertThat(world.deliver("b@example.test").get(0).reply().text()).contains("HTTPS");
    assertThat(world.smtp.aborted).hasValue(1);
    assertThat(world.smtp.messages).isEmpty();
  }

  @Test
  void takesHttpsWhereSmtpCannotBeReached() throws Exception {
    world = new HttpsWorld().headStart(SHORT);
    world.head = SLOW;
    world.smtp.reachable = CompletableFuture.completedFuture(false);
    assertThat(world.deliver("b@example.test").get(0).reply().text()).contains("HTTPS");
  }

  @Test
  void failsAsSmtpFailsWhereNeitherCanBeReached() throws Exception {
    world = new HttpsWorld();
    world.web.close();
    world.smtp.reachable = CompletableFuture.completedFuture(false);
    assertThatThrownBy(() -> world.open()).isSameAs(FakeSmtp.UNREACHABLE);
  }

  @Test
  void tellsOfTheConnection() throws Exception {
    world = new HttpsWorld();
    Watcher watcher = new Watcher();
    SmtpConnection connection = world.connector().connect(EXAMPLE, watcher);
    assertThat(watcher.connected).hasValue(1);
    assertThat(connection.peer())
        .isEqualTo("https://mx.example.test:" + world.web.getPort() + "/mxdeliv");
    assertThat(connection.tls()).isEqualTo("HTTPS/verify");
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void endsBothWhenItIsAborted(boolean smtpToo) throws Exception {
    world = new HttpsWorld().headStart(smtpToo ? SHORT : HttpsWorld.LONG);
    world.head = HANGS;
    world.smtp.reachable = new CompletableFuture<>();
    Watcher watcher = new Watcher();
    CompletableFuture<Kind> ended =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                world.connector().connect(EXAMPLE, watcher);
                throw new AssertionError("connected");
              } catch (ConnectFailure failure) {
                return failure.kind();
              } catch (InterruptedException impossible) {
                throw new AssertionError(impossible);
              }
            });
    await().until(() -> world.methods().contains("HEAD"));
    await().until(() -> world.smtp.attempts.get() == (smtpToo ? 1 : 0));
    watcher.abort.run();
    assertThat(ended.get()).isEqualTo(Kind.ABORTED);
    assertThat(world.smtp.aborted).hasValue(smtpToo ? 1 : 0);
  }

  @ParameterizedTest
  @CsvSource({"405, true, 0", "404, true, 1", "405, false, 0"})
  void probesOverHttpsFirst(int head, boolean reachable, int smtpProbes) throws Exception {
    world = new HttpsWorld();
    world.head = code(head);
    world.smtp.reachable = CompletableFuture.completedFuture(reachable);
    world.connector().probe(EXAMPLE);
    assertThat(world.smtp.probes).hasValue(smtpProbes);
    assertThat(world.methods()).containsExactly("HEAD");
  }

  @Test
  void aProbeFailsWhereNeitherIsReady() throws Exception {
    world = new HttpsWorld();
    world.head = code(404);
    world.smtp.reachable = CompletableFuture.completedFuture(false);
    assertThatThrownBy(() -> world.connector().probe(EXAMPLE)).isSameAs(FakeSmtp.UNREACHABLE);
  }

  @ParameterizedTest
  @CsvSource({
    "'', stranger, false",
    "'', expired, false",
    "'', trusted, true",
    "example.test encrypt, stranger, true",
    "example.test may, expired, true",
    "example.test none, stranger, true",
    "example.test verify, stranger, false"
  })
  void isAsStrictAsThePolicy(String table, String key, boolean https) throws Exception {
    world = new HttpsWorld(key).policies(policies(table));
    world.deliver("b@example.test");
    assertThat(world.methods().contains("POST")).isEqualTo(https);
    assertThat(world.smtp.messages).hasSize(https ? 0 : 1);
  }

  @Test
  void isNotUsedWhereThePolicyKnowsTheCertificateOfSmtpAlone() throws Exception {
    String pin = "0123456789abcdef".repeat(4);
    world = new HttpsWorld().policies(policies("example.test fingerprint match=" + pin));
    world.deliver("b@example.test");
    assertThat(world.requests).isEmpty();
    assertThat(world.smtp.messages).hasSize(1);
  }

  @Test
  void verifiesTheNameOfTheExchanger() throws Exception {
    world = new HttpsWorld();
    world
        .zone
        .exchangers("other.test", 10, "mx.other.test")
        .host("mx.other.test", InetAddress.getByName("127.0.0.1"));
    world.connector().connect(new Destination("other.test"), new Watcher());
    assertThat(world.requests).isEmpty();
    assertThat(world.smtp.attempts).hasValue(1);
  }

  @Test
  void reachesNamesWithAnUnderscoreAndAddressLiterals() throws Exception {
    world = new HttpsWorld("stranger").policies(policies("/^_/ encrypt\n/^\\[[^]]+\\]$/ encrypt"));
    world.zone.host("_test.example", InetAddress.getByName("127.0.0.1"));
    for (String each : new String[] {"_test.example", "[127.0.0.1]"}) {
      SmtpConnection connection = world.connector().connect(Destination.of(each), new Watcher());
      assertThat(connection.tls()).as(each).isEqualTo("HTTPS/encrypt");
    }
  }

  @ParameterizedTest
  @CsvSource({"nowhere.test", "null.test"})
  void leavesDomainsWithoutMailToSmtp(String domain) throws Exception {
    world = new HttpsWorld();
    world.zone.nullMx("null.test");
    world.connector().connect(new Destination(domain), new Watcher());
    assertThat(world.smtp.attempts).hasValue(1);
    assertThat(world.requests).isEmpty();
  }
}
