package org.mailweir.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.InetAddress;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import okio.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.mailweir.dns.DnsClient;
import org.mailweir.https.HttpsClients;
import org.mailweir.loopback.DnsAnswer;
import org.mailweir.loopback.LoopbackDns;
import org.mailweir.message.Destination;
import org.mailweir.thread.TaskThreads;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/** MTA-STS from the TXT record to the decision, against a name server and a web server. */
@Timeout(60)
class MtaStsTest {
  private static final Logger NOISE = Logger.getLogger("okhttp3");
  private static final Destination EXAMPLE = new Destination("example.test");
  private static final HeldCertificate ROOT =
      new HeldCertificate.Builder().certificateAuthority(0).build();
  private static final HeldCertificate POLICY_HOST =
      new HeldCertificate.Builder()
          .signedBy(ROOT)
          .addSubjectAlternativeName("mta-sts.example.test")
          .build();

  static {
    NOISE.setLevel(Level.OFF);
  }

  private final MockWebServer web = new MockWebServer();
  private final AtomicInteger fetches = new AtomicInteger();
  private final Map<String, String> texts = new ConcurrentHashMap<>();
  private final ExecutorService threads = TaskThreads.newExecutor("sts");
  private final AtomicLong ahead = new AtomicLong();
  private volatile MockResponse response = policy("enforce", "mx.example.test");
  private volatile boolean dnsFails;
  private LoopbackDns dns;
  private HttpsClients https;
  private DomainTlsPolicies policies;

  @BeforeEach
  void open() throws Exception {
    dns = LoopbackDns.serving(this::answer);
    publish("1");
    web.useHttps(
        new HandshakeCertificates.Builder()
            .heldCertificate(POLICY_HOST)
            .build()
            .sslSocketFactory());
    web.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            fetches.incrementAndGet();
            return "/.well-known/mta-sts.txt".equals(request.getTarget())
                ? response
                : new MockResponse.Builder().code(404).build();
          }
        });
    web.start(InetAddress.getByName("127.0.0.1"), 0);
    policies = policies(TlsMode.MAY, "", Duration.ofSeconds(20));
  }

  @AfterEach
  void close() throws Exception {
    https.close();
    threads.shutdownNow();
    web.close();
    dns.close();
  }

  private DomainTlsPolicies policies(TlsMode mode, String table, Duration patience)
      throws Exception {
    KeyStore roots = KeyStore.getInstance(KeyStore.getDefaultType());
    roots.load(null, null);
    roots.setCertificateEntry("root", ROOT.certificate());
    // A client of its own each time: the DNS answers are not to be kept between steps of a test.
    DnsClient client = new DnsClient(List.of(dns.address()));
    https = new HttpsClients(client);
    return DomainTlsPolicies.trusting(roots, mode, TlsPolicyTable.parse(table))
        .lookingUp(
            client, https, threads, () -> System.nanoTime() + ahead.get(), web.getPort(), patience);
  }

  private DnsAnswer answer(Name name, int type) {
    String text = texts.get(name.toString(true));
    if (dnsFails) {
      return new DnsAnswer.Failure(Rcode.SERVFAIL);
    }
    try {
      if (text != null && type == Type.TXT) {
        // A TTL of nothing, so that every question is asked.
        return new DnsAnswer.Records(List.of(new TXTRecord(name, DClass.IN, 0, text)));
      }
      if (!name.toString(true).equals("mta-sts.example.test")) {
        return new DnsAnswer.NoSuchName();
      }
      return new DnsAnswer.Records(
          type == Type.A
              ? List.of(new ARecord(name, DClass.IN, 60, InetAddress.getByName("127.0.0.1")))
              : List.of());
    } catch (java.net.UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private void publish(String id) {
    texts.put("_mta-sts.example.test", "v=STSv1; id=" + id + ";");
  }

  private static MockResponse policy(String mode, String exchanger) {
    return text("version: STSv1\nmode: " + mode + "\nmx: " + exchanger + "\nmax_age: 86400\n");
  }

  private static MockResponse text(String body) {
    return new MockResponse.Builder()
        .addHeader("Content-Type: text/plain; charset=utf-8")
        .body(body)
        .build();
  }

  private String basis() throws Exception {
    return policies.policy(EXAMPLE, "mx.example.test").basis();
  }

  @ParameterizedTest
  @EnumSource(
      value = TlsMode.class,
      names = {"VERIFY", "ENCRYPT", "MAY"})
  void enforcesAValidCertificateForANamedHost(TlsMode mode) throws Exception {
    policies = policies(mode, "", Duration.ofSeconds(20));
    TlsPolicy policy = policies.policy(EXAMPLE, "mx.example.test");
    assertThat(policy.mode()).isEqualTo(TlsMode.VERIFY);
    assertThat(policy.basis()).isEqualTo("mta-sts");
  }

  @Test
  void refusesAHostThatThePolicyDoesNotName() {
    TlsRefusal refusal =
        catchThrowableOfType(TlsRefusal.class, () -> policies.policy(EXAMPLE, "mx.attacker.test"));
    assertThat(refusal.status()).isEqualTo("4.7.5");
    assertThat(refusal.isOfTheHost()).isTrue();
    assertThat(refusal.text()).isEqualTo("not named in the MTA-STS policy of example.test");
  }

  @ParameterizedTest
  @CsvSource({"testing", "none"})
  void enforcesNothingOfAPolicyThatIsNotToBeEnforced(String mode) throws Exception {
    response = policy(mode, "mx.other.test");
    assertThat(basis()).isEqualTo("may");
  }

  @Test
  void asksNothingWhereTheOperatorHasSpoken() throws Exception {
    policies = policies(TlsMode.MAY, "example.test encrypt", Duration.ofSeconds(20));
    assertThat(basis()).isEqualTo("encrypt");
    policies = policies(TlsMode.NONE, "", Duration.ofSeconds(20));
    assertThat(basis()).isEqualTo("none");
    assertThat(policies.policy(Destination.of("[192.0.2.1]"), "[192.0.2.1]").basis())
        .isEqualTo("none");
    assertThat(fetches).hasValue(0);
    assertThat(dns.queries()).isZero();
  }

  @Test
  void fetchesNothingWhereNothingIsPublished() throws Exception {
    texts.clear();
    assertThat(basis()).isEqualTo("may");
    assertThat(fetches).hasValue(0);
  }

  @Test
  void fetchesOnceAndAgainWhenTheIdHasChanged() throws Exception {
    basis();
    basis();
    assertThat(fetches).hasValue(1);
    response = policy("testing", "mx.example.test");
    assertThat(basis()).isEqualTo("mta-sts");
    publish("2");
    assertThat(basis()).isEqualTo("may");
    assertThat(fetches).hasValue(2);
  }

  static List<MockResponse> noPolicies() {
    String good = "version: STSv1\nmode: enforce\nmx: mx.example.test\nmax_age: 86400\n";
    return List.of(
        new MockResponse.Builder().code(404).build(),
        new MockResponse.Builder()
            .code(301)
            .addHeader("Location: https://mta-sts.example.test/other")
            .build(),
        new MockResponse.Builder().addHeader("Content-Type: text/html").body(good).build(),
        new MockResponse.Builder().body(good).build(),
        text("version: STSv1"),
        text(good + "x".repeat(64 * 1024)),
        new MockResponse.Builder()
            .addHeader("Content-Type: text/plain")
            .body(new Buffer().writeUtf8(good))
            .onResponseBody(new SocketEffect.CloseSocket(true, false, false))
            .build());
  }

  @ParameterizedTest
  @MethodSource("noPolicies")
  void takesNothingElseForAPolicyAndDoesNotAskAgainAtOnce(MockResponse none) throws Exception {
    web.setProtocols(List.of(okhttp3.Protocol.HTTP_1_1));
    response = none;
    assertThat(basis()).isEqualTo("may");
    int asked = fetches.get();
    basis();
    assertThat(fetches).as("within 5 minutes").hasValue(asked);
    response = policy("enforce", "mx.example.test");
    passes(Duration.ofMinutes(6), () -> basis().equals("mta-sts"));
  }

  /** Lets time pass until it is so: when the time of a fetch begins is not to be seen from here. */
  private void passes(Duration time, Callable<Boolean> condition) {
    await()
        .until(
            () -> {
              ahead.addAndGet(time.toNanos());
              return condition.call();
            });
  }

  @ParameterizedTest
  @CsvSource({"record", "dns", "web"})
  void keepsAPolicyForItsTimeWhateverIsTakenAway(String what) throws Exception {
    assertThat(basis()).isEqualTo("mta-sts");
    switch (what) {
      case "record" -> texts.clear();
      case "dns" -> dnsFails = true;
      default -> {
        publish("2");
        response = new MockResponse.Builder().code(500).build();
      }
    }
    ahead.addAndGet(Duration.ofHours(23).toNanos());
    assertThat(basis()).isEqualTo("mta-sts");
    ahead.addAndGet(Duration.ofHours(2).toNanos());
    assertThat(basis()).isEqualTo("may");
  }

  @Test
  void fetchesAPolicyAnewInTheBackgroundAfterADay() throws Exception {
    response = text("version: STSv1\nmode: enforce\nmx: mx.example.test\nmax_age: 2419200\n");
    basis();
    response = new MockResponse.Builder().headersDelay(50, TimeUnit.SECONDS).code(500).build();
    passes(Duration.ofHours(25), () -> basis().equals("mta-sts") && fetches.get() > 1);
  }

  @Test
  void doesNotWaitForAWebServerWithoutEnd() throws Exception {
    policies = policies(TlsMode.MAY, "", Duration.ofMillis(50));
    response = new MockResponse.Builder().headersDelay(50, TimeUnit.SECONDS).code(200).build();
    assertThat(basis()).isEqualTo("may");
  }

  @Test
  void wantsAValidCertificateOfTheWebServer() throws Exception {
    web.close();
    MockWebServer stranger = new MockWebServer();
    stranger.useHttps(TestKeys.server("stranger").getSocketFactory());
    stranger.enqueue(policy("enforce", "mx.example.test"));
    stranger.start(InetAddress.getByName("127.0.0.1"), web.getPort());
    assertThat(basis()).isEqualTo("may");
    stranger.close();
  }

  @ParameterizedTest
  @CsvSource({"3600, mta-sts, 1", "86399, mta-sts, 1", "86400, may, 1"})
  void standsOverARestartForTheRestOfItsTime(int secondsAway, String basis, int fetched)
      throws Exception {
    assertThat(basis()).isEqualTo("mta-sts");
    StringWriter text = new StringWriter();
    policies.state().orElseThrow().write(new JsonWriter(text));

    // The attacker's moment: neither the record nor the policy can be had.
    texts.clear();
    policies = policies(TlsMode.MAY, "", Duration.ofSeconds(20));
    policies
        .state()
        .orElseThrow()
        .read(new JsonReader(new StringReader(text.toString())), Duration.ofSeconds(secondsAway))
        .run();
    assertThat(basis()).isEqualTo(basis);
    assertThat(fetches).hasValue(fetched);
    ahead.addAndGet(Duration.ofSeconds(86_400 - secondsAway).toNanos());
    assertThat(basis()).isEqualTo("may");
  }
}
