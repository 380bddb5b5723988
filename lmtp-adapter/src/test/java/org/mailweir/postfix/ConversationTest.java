package org.mailweir.postfix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.mailweir.loopback.Arrival;
import org.mailweir.loopback.DnsTable;
import org.mailweir.loopback.LmtpMessage;
import org.mailweir.loopback.LoopbackDns;
import org.mailweir.loopback.LoopbackNet;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.loopback.SmtpSink;
import org.mailweir.tls.TlsMode;
import org.mailweir.transport.Transport;
import org.mailweir.transport.TransportConfig;

/** What a Postfix before us and a Postfix behind us are told, word for word. */
@Timeout(180)
class ConversationTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path home;

  @BeforeAll
  static void needsPostfix() {
    InstalledPostfix.assume();
  }

  @Test
  void postfixSpeaksWithUsAndWeWithPostfix() throws Exception {
    DnsTable zone = new DnsTable();
    try (LoopbackNet net = LoopbackNet.open();
        SmtpSink mailboxes = SmtpSink.on(net);
        LoopbackDns dns = LoopbackDns.serving(zone)) {
      InetSocketAddress mailbox =
          new InetSocketAddress(mailboxes.host(SinkBehaviour.healthy()).address(), net.port());
      PostfixSettings exchanger =
          PostfixSettings.recommended(mailbox)
              .local("dest.test", mailbox)
              .with("myhostname", "mx.dest.test");
      try (PrivatePostfix mx = PrivatePostfix.start(home.resolve("mx"), exchanger);
          WireTap smtp =
              new WireTap(new InetSocketAddress(net.nextAddress(), net.port()), mx.address());
          Transport transport = transport(net, dns);
          WireTap lmtp =
              new WireTap(
                  new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0),
                  transport.address());
          PrivatePostfix relay =
              PrivatePostfix.start(
                  home.resolve("relay"), PostfixSettings.recommended(lmtp.address()))) {
        zone.mail("dest.test", smtp.address().getAddress());

        LmtpMessage first = Letter.to("u@dest.test", "v@dest.test");
        String id = relay.inject(first);
        await().atMost(PATIENCE).until(() -> mailboxes.count() > 0);
        LmtpMessage second = Letter.to("w@dest.test");
        relay.inject(second);
        await().atMost(PATIENCE).until(() -> mailboxes.byRecipient().containsKey("w@dest.test"));
        await().atMost(PATIENCE).until(() -> relay.queue().isEmpty());

        assertArrived(mailboxes, "u@dest.test", first);
        assertArrived(mailboxes, "w@dest.test", second);
        assertThat(mailboxes.violations()).isEmpty();
        assertThat(lmtp.commands().subList(0, 6))
            .satisfiesExactly(
                line -> assertThat(line).isEqualTo("C: LHLO relay.test"),
                line -> assertThat(line).isEqualTo("C: XFORWARD IDENT=" + id),
                line ->
                    assertThat(line)
                        .matches("C: MAIL FROM:<sender@sender.test> SIZE=\\d+ BODY=8BITMIME"),
                line -> assertThat(line).isEqualTo("C: RCPT TO:<u@dest.test>"),
                line -> assertThat(line).isEqualTo("C: RCPT TO:<v@dest.test>"),
                line -> assertThat(line).isEqualTo("C: DATA"));
        assertThat(lmtp.lines)
            .filteredOn(
                line ->
                    line.matches(
                        "S: 250 2\\.0\\.0 host mx1\\.dest\\.test\\[.* 250 .* Ok: queued as .*"))
            .as("one reply for each recipient, in the remote's words")
            .hasSizeGreaterThanOrEqualTo(3);
        assertThat(smtp.commands())
            .satisfiesExactly(
                line -> assertThat(line).isEqualTo("C: EHLO us.test"),
                line ->
                    assertThat(line)
                        .matches("C: MAIL FROM:<sender@sender.test> SIZE=\\d+ BODY=8BITMIME"),
                line -> assertThat(line).isEqualTo("C: RCPT TO:<u@dest.test>"),
                line -> assertThat(line).isEqualTo("C: RCPT TO:<v@dest.test>"),
                line -> assertThat(line).isEqualTo("C: DATA"),
                line -> assertThat(line).matches("C: (MAIL FROM:.*|RSET)"),
                line -> assertThat(line).matches("C: (RCPT TO:<w@dest.test>|MAIL FROM:.*)"),
                line -> assertThat(line).matches("C: (DATA|RCPT TO:<w@dest.test>)"));
        assertThat(smtp.connections()).as("the second message goes the same way").isEqualTo(1);
        assertThat(mx.log().troubles()).isEmpty();
        assertThat(relay.log().troubles()).isEmpty();
      }
    }
  }

  private static Transport transport(LoopbackNet net, LoopbackDns dns) throws Exception {
    return Transport.start(
        TransportConfig.builder()
            .listen(new InetSocketAddress("127.0.0.1", 0))
            .hostname("us.test")
            .dns(List.of(dns.address()))
            .remotePort(net.port())
            .tls(TlsMode.NONE)
            .build());
  }

  private static void assertArrived(SmtpSink sink, String recipient, LmtpMessage sent) {
    List<Arrival> copies = sink.byRecipient().get(recipient);
    assertThat(copies).hasSize(1);
    byte[] came = copies.get(0).content().orElseThrow().bytes();
    byte[] bytes = sent.content().bytes();
    assertThat(Arrays.copyOfRange(came, came.length - bytes.length, came.length)).isEqualTo(bytes);
  }
}
