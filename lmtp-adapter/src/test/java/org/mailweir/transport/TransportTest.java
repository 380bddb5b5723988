package org.mailweir.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.core.Admission;
import org.mailweir.core.Attempt;
import org.mailweir.core.Permit;
import org.mailweir.core.Refusal;
import org.mailweir.loopback.DnsTable;
import org.mailweir.loopback.LmtpConnection;
import org.mailweir.loopback.LmtpMessage;
import org.mailweir.loopback.LmtpOutcome;
import org.mailweir.loopback.LmtpOutcome.RecipientReply;
import org.mailweir.loopback.LoopbackDns;
import org.mailweir.loopback.LoopbackNet;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.loopback.SinkHost;
import org.mailweir.loopback.SmtpSink;
import org.mailweir.message.Destination;
import org.mailweir.tls.TlsMode;

/** The whole way through, on loopback: LMTP in, the gate, SMTP out; and the stop. */
@Timeout(90)
class TransportTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final LmtpMessage.Content CONTENT =
      LmtpMessage.Content.of("Subject: test\n\n.dot\nbye\n");

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private LoopbackNet net;
  private SmtpSink sink;
  private LoopbackDns dns;
  private final DnsTable zone = new DnsTable();

  @BeforeEach
  void open() throws IOException {
    net = LoopbackNet.open();
    sink = SmtpSink.on(net);
    dns = LoopbackDns.serving(zone);
  }

  @AfterEach
  void close() throws IOException {
    dns.close();
    sink.close();
    net.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void deliversOnItsOwnSocketAndOnOneHandedIn(boolean handedIn) throws Exception {
    host("good.test", SinkBehaviour.healthy());
    zone.mail("dead.test", net.nextAddress());
    try (Transport transport = start(handedIn);
        LmtpConnection client = LmtpConnection.open(transport.address(), TIMEOUT)) {
      LmtpOutcome outcome =
          client.send(
              new LmtpMessage(
                  "4Zabcdef",
                  "a@relay.test",
                  List.of("1@good.test", "2@dead.test", "3@good.test"),
                  CONTENT),
              false);
      assertThat(outcome.recipients())
          .extracting(RecipientReply::code)
          .containsExactly(250, 451, 250);
      assertThat(sink.arrivals()).hasSize(1);
      assertThat(sink.violations()).isEmpty();
    }
  }

  @Test
  void showsWhatItDidToTheOperator() throws Exception {
    host("good.test", SinkBehaviour.healthy());
    try (Transport transport = start(false)) {
      try (LmtpConnection client = LmtpConnection.open(transport.address(), TIMEOUT)) {
        assertThat(client.send(LmtpMessage.to("1@good.test", CONTENT), true).delivered()).isTrue();
      }
      assertThat(get(transport, "/healthz")).isEqualTo("ok\n");
      assertThat(get(transport, "/destinations"))
          .contains("\"destination\": \"good.test\"", "\"standing\": \"live\"");
      assertThat(get(transport, "/metrics").lines())
          .contains(
              "mailweir_settlements_total{outcome=\"delivered\"} 1.0",
              "mailweir_destinations{standing=\"live\"} 1.0",
              "mailweir_smtp_connections_opened_total 1.0",
              "mailweir_bodies 0.0");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void waitsAtTheStopForTheAnswerToAFinalDot(boolean handedIn) throws Exception {
    host("slow.test", SinkBehaviour.slow(Duration.ofSeconds(4)));
    try (Transport transport = start(handedIn);
        LmtpConnection client = LmtpConnection.open(transport.address(), TIMEOUT)) {
      CompletableFuture<LmtpOutcome> sent = send(client, "1@slow.test");
      await().atMost(TIMEOUT).until(() -> transport.deliveries().pastDot() == 1);
      transport.stop(Duration.ZERO);
      assertThat(sent.get().delivered()).isTrue();
      assertThat(sink.arrivals()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void refusesAtTheStopWhatIsNotPastItsDot(boolean handedIn) throws Exception {
    SinkHost host = host("silent.test", SinkBehaviour.silent());
    try (Transport transport = start(handedIn);
        LmtpConnection client = LmtpConnection.open(transport.address(), TIMEOUT)) {
      CompletableFuture<LmtpOutcome> sent = send(client, "1@silent.test");
      await().atMost(TIMEOUT).until(() -> host.connectionsOpen() == 1);
      transport.stop(Duration.ofMillis(100));
      assertThat(sent.get().recipients()).extracting(RecipientReply::code).containsExactly(451);
      await().atMost(TIMEOUT).until(() -> host.connectionsOpen() == 0);
    }
  }

  @Test
  void givesDeliveriesUnderWayTheirGrace() throws Exception {
    host("slow.test", SinkBehaviour.slow(Duration.ofSeconds(2)));
    try (Transport transport = start(false);
        LmtpConnection client = LmtpConnection.open(transport.address(), TIMEOUT)) {
      CompletableFuture<LmtpOutcome> sent = send(client, "1@slow.test");
      await().atMost(TIMEOUT).until(() -> transport.deliveries().deliveries() == 1);
      transport.stop(TIMEOUT);
      assertThat(sent.get().delivered()).isTrue();
    }
  }

  @Test
  void closesItsPortsAndIdleClientsAtTheStop() throws Exception {
    Transport transport = start(false);
    InetSocketAddress admin = transport.adminAddress().orElseThrow();
    try (Socket idle = new Socket()) {
      idle.connect(transport.address());
      idle.setSoTimeout((int) TIMEOUT.toMillis());
      BufferedReader replies =
          new BufferedReader(
              new InputStreamReader(idle.getInputStream(), StandardCharsets.US_ASCII));
      assertThat(replies.readLine()).startsWith("220 relay.test");
      transport.close();
      // 421 or nothing: what counts is that the connection ends.
      assertThat(replies.lines()).hasSizeLessThanOrEqualTo(1);
    }
    for (InetSocketAddress closed : List.of(transport.address(), admin)) {
      // The JDK's HTTP server lets go of its port a moment after it has stopped.
      await().untilAsserted(() -> assertThatRefused(closed));
    }
    transport.close();
  }

  private static void assertThatRefused(InetSocketAddress address) {
    assertThatExceptionOfType(ConnectException.class)
        .isThrownBy(() -> new Socket(address.getAddress(), address.getPort()).close());
  }

  @Test
  void takesNoNewMailWhileItStops() throws Exception {
    host("slow.test", SinkBehaviour.slow(Duration.ofSeconds(4)));
    host("good.test", SinkBehaviour.healthy());
    try (Transport transport = start(false);
        LmtpConnection busy = LmtpConnection.open(transport.address(), TIMEOUT);
        LmtpConnection other = LmtpConnection.open(transport.address(), TIMEOUT)) {
      CompletableFuture<LmtpOutcome> sent = send(busy, "1@slow.test");
      await().atMost(TIMEOUT).until(() -> transport.deliveries().pastDot() == 1);
      CompletableFuture<Void> stopped =
          CompletableFuture.runAsync(() -> transport.stop(Duration.ofSeconds(20)));
      // The stop has closed the gate as soon as nothing is admitted any more.
      await().atMost(TIMEOUT).until(() -> isClosed(transport));
      LmtpOutcome refused = other.send(LmtpMessage.to("1@good.test", CONTENT), false);
      assertThat(refused.recipients().get(0).deferred()).isTrue();
      assertThat(sent.get().delivered()).isTrue();
      stopped.join();
      assertThat(sink.arrivals()).hasSize(1);
    }
  }

  private SinkHost host(String domain, SinkBehaviour behaviour) throws IOException {
    SinkHost host = sink.host(behaviour);
    zone.mail(domain, host.address());
    return host;
  }

  private Transport start(boolean handedIn) throws IOException {
    TransportConfig config =
        TransportConfig.builder()
            .listen(new InetSocketAddress("127.0.0.1", 0))
            .hostname("relay.test")
            .dns(List.of(dns.address()))
            .remotePort(net.port())
            .tls(TlsMode.NONE)
            .admin(new InetSocketAddress("127.0.0.1", 0))
            .build();
    if (!handedIn) {
      return Transport.start(config);
    }
    ServerSocketChannel socket = ServerSocketChannel.open();
    socket.bind(new InetSocketAddress("127.0.0.1", 0));
    return Transport.start(config, Optional.of(socket));
  }

  private static CompletableFuture<LmtpOutcome> send(LmtpConnection client, String recipient) {
    return CompletableFuture.supplyAsync(
        () -> client.send(LmtpMessage.to(recipient, CONTENT), false));
  }

  private static boolean isClosed(Transport transport) {
    Admission admission = transport.gate().tryAdmit(new Destination("other.test"), Attempt.FRESH);
    if (admission instanceof Permit permit) {
      permit.close();
    }
    return admission instanceof Refusal refusal && refusal.reason() == Refusal.Reason.CLOSED;
  }

  private static String get(Transport transport, String path) throws Exception {
    int port = transport.adminAddress().orElseThrow().getPort();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
    return HTTP.send(request, BodyHandlers.ofString()).body();
  }
}
