package org.mailweir.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.common.hash.Hashing;
import com.google.common.io.BaseEncoding;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.dns.DnsClient;
import org.mailweir.dns.DnsClient.NotProven;
import org.mailweir.https.HttpsClients;
import org.mailweir.loopback.DnsAnswer;
import org.mailweir.loopback.LoopbackDns;
import org.mailweir.message.Destination;
import org.mailweir.thread.TaskThreads;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/** DANE from signed records to the handshake. */
@Timeout(60)
class DaneTest {
  private static final Destination EXAMPLE = new Destination("example.test");
  private static final X509Certificate[] NONE = {};
  private static final String MX = "mx.example.test";
  private static final HeldCertificate ROOT =
      new HeldCertificate.Builder().certificateAuthority(0).build();
  private static final HeldCertificate GOOD =
      new HeldCertificate.Builder().signedBy(ROOT).addSubjectAlternativeName(MX).build();
  private static final HeldCertificate OTHER_NAME =
      new HeldCertificate.Builder().signedBy(ROOT).addSubjectAlternativeName("x.test").build();
  private static final HeldCertificate EXPIRED =
      new HeldCertificate.Builder()
          .signedBy(ROOT)
          .addSubjectAlternativeName(MX)
          .validityInterval(0, 86_400_000)
          .build();

  private final Map<String, DnsAnswer> zone = new ConcurrentHashMap<>();
  private final List<String> questions = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = TaskThreads.newExecutor("dane");
  private LoopbackDns dns;
  private HttpsClients https;

  @BeforeEach
  void open() throws Exception {
    dns = LoopbackDns.serving(this::answer);
    zone.put("example.test MX", signed("example.test", Type.MX, "10 mx.example.test."));
    zone.put("mx.example.test A", signed(MX, Type.A, "127.0.0.1"));
  }

  @AfterEach
  void close() throws Exception {
    https.close();
    threads.shutdownNow();
    dns.close();
  }

  private DnsAnswer answer(Name name, int type) {
    String question = name.toString(true) + " " + Type.string(type);
    questions.add(question);
    return zone.getOrDefault(question, new DnsAnswer.Records(List.of()));
  }

  private static DnsAnswer plain(String name, int type, String data) throws IOException {
    Name absolute = Name.fromString(name, Name.root);
    Record record = Record.fromString(absolute, type, DClass.IN, 300, data, Name.root);
    return new DnsAnswer.Records(List.of(record));
  }

  private static DnsAnswer signed(String name, int type, String data) throws IOException {
    return new DnsAnswer.Signed(plain(name, type, data));
  }

  /** Publishes a TLSA record that speaks of this certificate. */
  private void publish(String parameters, X509Certificate of) throws Exception {
    String[] numbers = parameters.split(" ");
    byte[] bytes = numbers[1].equals("0") ? of.getEncoded() : of.getPublicKey().getEncoded();
    String data =
        switch (numbers[2]) {
          case "0" -> BaseEncoding.base16().encode(bytes);
          case "1" -> Hashing.sha256().hashBytes(bytes).toString();
          default -> Hashing.sha512().hashBytes(bytes).toString();
        };
    String name = "_25._tcp." + MX;
    zone.put(name + " TLSA", signed(name, Type.TLSA, parameters + " " + data));
  }

  private TlsPolicy policy(TlsMode mode) throws Exception {
    DnsClient client = new DnsClient(List.of(dns.address()));
    https = new HttpsClients(client);
    return DomainTlsPolicies.trusting(TestKeys.store("roots"), mode, TlsPolicyTable.empty())
        .lookingUp(client, https, threads, System::nanoTime, 1, Duration.ofSeconds(20))
        .policy(EXAMPLE, MX);
  }

  /** Does a handshake with a server that shows this certificate; returns what is wrong with it. */
  private @Nullable String handshake(TlsPolicy policy, HeldCertificate certificate)
      throws Exception {
    boolean ofRoot =
        certificate
            .certificate()
            .getIssuerX500Principal()
            .equals(ROOT.certificate().getSubjectX500Principal());
    X509Certificate[] above = ofRoot ? new X509Certificate[] {ROOT.certificate()} : NONE;
    SSLContext context =
        new HandshakeCertificates.Builder()
            .heldCertificate(certificate, above)
            .build()
            .sslContext();
    InetAddress local = InetAddress.getByName("127.0.0.1");
    try (SSLServerSocket server =
        (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 1, local)) {
      threads.execute(() -> greet(server));
      try (Socket plain = new Socket(local, server.getLocalPort());
          SSLSocket secure = policy.handshake(plain, MX)) {
        return secure.getInputStream().read() == 'x' ? null : "no greeting";
      } catch (SSLException refused) {
        return String.valueOf(refused.getMessage());
      }
    }
  }

  private static void greet(SSLServerSocket server) {
    try (Socket client = server.accept()) {
      client.getOutputStream().write('x');
      client.getInputStream().read();
    } catch (IOException refused) {
      // The client does not like the certificate.
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"3 1 1", "3 0 1", "3 1 2", "3 0 0", "3 1 0"})
  void takesTheServersOwnCertificateWhateverItsNameAndDates(String parameters) throws Exception {
    HeldCertificate own = new HeldCertificate.Builder().validityInterval(0, 86_400_000).build();
    publish(parameters, own.certificate());
    TlsPolicy policy = policy(TlsMode.VERIFY);
    assertThat(policy.basis()).isEqualTo("dane");
    assertThat(policy.mode().required()).isTrue();
    assertThat(handshake(policy, own)).isNull();
    assertThat(handshake(policy, GOOD)).contains("none that the TLSA records speak of");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2 0 1", "2 1 1", "2 0 0", "2 1 2"})
  void takesAnAuthorityWhoseServerIsValidAndBearsTheName(String parameters) throws Exception {
    publish(parameters, ROOT.certificate());
    TlsPolicy policy = policy(TlsMode.MAY);
    assertThat(handshake(policy, GOOD)).isNull();
    assertThat(handshake(policy, OTHER_NAME)).contains(MX);
    assertThat(handshake(policy, EXPIRED)).isNotNull();
    assertThat(handshake(policy, new HeldCertificate.Builder().build())).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({"0 0 1, MAY, encrypt", "1 1 1, VERIFY, verify", "3 7 1, ENCRYPT, encrypt"})
  void wantsTlsWhereNoRecordCanBeUsed(String parameters, TlsMode mode, String basis)
      throws Exception {
    publish(parameters, GOOD.certificate());
    assertThat(policy(mode).basis()).isEqualTo(basis);
  }

  @ParameterizedTest
  @ValueSource(strings = {"example.test MX", "mx.example.test A", "_25._tcp.mx.example.test TLSA"})
  void passesOverRecordsWhereOneStepIsNotSigned(String step) throws Exception {
    publish("3 1 1", GOOD.certificate());
    if (zone.get(step) instanceof DnsAnswer.Signed signed) {
      zone.put(step, signed.answer());
    }
    assertThat(policy(TlsMode.MAY).basis()).isEqualTo("may");
    assertThat(questions.contains("_25._tcp.mx.example.test TLSA"))
        .isEqualTo(step.endsWith("TLSA"));
  }

  @Test
  void refusesAHostWhoseRecordsCannotBeFoundOut() throws Exception {
    zone.put("_25._tcp.mx.example.test TLSA", new DnsAnswer.Failure(Rcode.SERVFAIL));
    TlsRefusal refusal = catchThrowableOfType(TlsRefusal.class, () -> policy(TlsMode.MAY));
    assertThat(refusal.status()).isEqualTo("4.4.3");
    assertThat(refusal.isOfTheHost()).isFalse();
    assertThat(refusal.text()).contains("SERVFAIL for TLSA of _25._tcp.mx.example.test");
  }

  @Test
  void hasNoPolicyWhereThereAreNoRecords() throws Exception {
    assertThat(policy(TlsMode.MAY).basis()).isEqualTo("may");
  }

  @Test
  void usesItsOwnStrictnessForHttps() throws Exception {
    publish("3 1 1", GOOD.certificate());
    assertThat(policy(TlsMode.VERIFY).forHttps().map(TlsPolicy::basis)).contains("verify");
  }

  @Test
  void believesNoResolverOfAnotherMachine() throws Exception {
    https = new HttpsClients(new DnsClient(List.of(dns.address())));
    DnsClient mixed = new DnsClient(List.of(dns.address(), new InetSocketAddress("192.0.2.1", 53)));
    publish("3 1 1", GOOD.certificate());
    assertThat(mixed.associations("example.test", MX)).isInstanceOf(NotProven.class);
    assertThat(questions).isEmpty();
  }

  @Test
  void keepsWhatIsSigned() throws Exception {
    publish("3 1 1", GOOD.certificate());
    DnsClient client = new DnsClient(List.of(dns.address()));
    https = new HttpsClients(client);
    client.associations("example.test", MX);
    int asked = questions.size();
    client.associations("example.test", MX);
    assertThat(questions).hasSize(asked).hasSize(3);
  }
}
