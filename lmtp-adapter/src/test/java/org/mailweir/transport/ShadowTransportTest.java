package org.mailweir.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.loopback.DnsTable;
import org.mailweir.loopback.LmtpConnection;
import org.mailweir.loopback.LmtpMessage;
import org.mailweir.loopback.LmtpOutcome;
import org.mailweir.loopback.LoopbackDns;
import org.mailweir.loopback.LoopbackNet;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.loopback.SmtpSink;
import org.mailweir.program.Metrics;
import org.mailweir.tls.TlsMode;

/** A whole transport with --shadow: it refuses nothing, and tells what it would have refused. */
@Timeout(90)
class ShadowTransportTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final int MESSAGES = 4;
  private static final LmtpMessage.Content CONTENT =
      LmtpMessage.Content.of("Subject: test\n\nbye\n");

  @Test
  void refusesNothingAndTellsWhatItWouldHaveRefused() throws Exception {
    DnsTable zone = new DnsTable();
    try (LoopbackNet net = LoopbackNet.open();
        SmtpSink sink = SmtpSink.on(net);
        LoopbackDns dns = LoopbackDns.serving(zone)) {
      zone.mail("dead.test", net.nextAddress()); // where nobody listens
      zone.mail("good.test", sink.host(SinkBehaviour.healthy()).address());
      try (Transport transport = start(net, dns);
          LmtpConnection client = LmtpConnection.open(transport.address(), TIMEOUT)) {
        for (int i = 0; i < MESSAGES; i++) {
          assertThat(replyTo(client, "1@dead.test"))
              .startsWith("451 4.4.1 ")
              .contains("connect to ", "refused")
              .doesNotContain("suspended");
          assertThat(replyTo(client, "1@good.test")).startsWith("250 ");
        }
        // Each was tried; the first one taught the gate, the others it would have refused.
        await().atMost(TIMEOUT).until(() -> wouldHaveFailed(transport) == MESSAGES - 1);
        assertThat(metrics(transport))
            .containsEntry("mailweir_settlements_total{outcome=\"unreachable\"}", 1.0)
            .containsEntry("mailweir_destinations{standing=\"suspended\"}", 1.0)
            .containsEntry("mailweir_shadow_refusals_total{reason=\"suspended\"}", MESSAGES - 1.0)
            .containsEntry(
                "mailweir_shadow_outcomes_total{outcome=\"delivered\",reason=\"suspended\"}", 0.0)
            .containsEntry("mailweir_settlements_total{outcome=\"delivered\"}", (double) MESSAGES);
        assertThat(sink.arrivals()).hasSize(MESSAGES);
        assertThat(page(transport)).contains("Shadow mode", "dead.test");
      }
    }
  }

  private static Transport start(LoopbackNet net, LoopbackDns dns) throws IOException {
    return Transport.start(
        TransportConfig.builder()
            .listen(new InetSocketAddress("127.0.0.1", 0))
            .hostname("relay.test")
            .dns(List.of(dns.address()))
            .remotePort(net.port())
            .tls(TlsMode.NONE)
            .shadow(true)
            .admin(new InetSocketAddress("127.0.0.1", 0))
            .build());
  }

  private static String replyTo(LmtpConnection client, String recipient) {
    LmtpOutcome outcome = client.send(LmtpMessage.to(recipient, CONTENT), false);
    LmtpOutcome.RecipientReply reply = outcome.recipients().get(0);
    return reply.code() + " " + reply.text();
  }

  private static double wouldHaveFailed(Transport transport) throws Exception {
    return metrics(transport)
        .get("mailweir_shadow_outcomes_total{outcome=\"unreachable\",reason=\"suspended\"}");
  }

  private static Map<String, Double> metrics(Transport transport) throws Exception {
    return Metrics.of(transport.adminAddress().orElseThrow());
  }

  private static String page(Transport transport) throws Exception {
    int port = transport.adminAddress().orElseThrow().getPort();
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/")).build(),
            BodyHandlers.ofString())
        .body();
  }
}
