package org.mailweir.postfix;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
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

/**
 * Generated messages, a thousand in the profile herd, go from one Postfix through us to another
 * one, and arrive byte for byte, but for what the two put on top.
 */
@Timeout(180)
class ThroughTwoPostfixesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(150);
  // Both Postfixes fold lines of more than 998 bytes (smtp_line_length_limit).
  private static final int LONGEST = 990;
  private static final String HEADER =
      "Message-ID: <%d@sender.test>\r\nDate: Sun, 22 Nov 2026 03:00:00 +0000\r\n"
          + "From: sender@sender.test\r\nTo: undisclosed-recipients:;\r\n\r\n";

  @TempDir Path home;
  private final SplittableRandom random = new SplittableRandom(20_261_122);

  @BeforeAll
  static void needsPostfix() {
    InstalledPostfix.assume();
  }

  @Test
  void aHundredMessagesArriveByteForByte() throws Exception {
    arriveByteForByte(100);
  }

  @Test
  @Tag("herd")
  void aThousandMessagesArriveByteForByte() throws Exception {
    arriveByteForByte(1000);
  }

  private void arriveByteForByte(int count) throws Exception {
    List<LmtpMessage> sent = IntStream.range(0, count).mapToObj(this::message).toList();
    DnsTable zone = new DnsTable();
    try (LoopbackNet net = LoopbackNet.open();
        SmtpSink mailboxes = SmtpSink.on(net);
        LoopbackDns dns = LoopbackDns.serving(zone)) {
      mailboxes.keepContentUpTo(1 << 20);
      InetSocketAddress mailbox =
          new InetSocketAddress(mailboxes.host(SinkBehaviour.healthy()).address(), net.port());
      PostfixSettings exchanger =
          PostfixSettings.recommended(mailbox)
              .local("dest.test", mailbox)
              .with("myhostname", "mx.dest.test");
      try (PrivatePostfix mx = PrivatePostfix.start(home.resolve("mx"), exchanger);
          Transport transport = transport(mx.address().getPort(), dns);
          PrivatePostfix relay =
              PrivatePostfix.start(
                  home.resolve("relay"), PostfixSettings.recommended(transport.address()))) {
        zone.mail("dest.test", mx.address().getAddress());
        relay.inject(Letter.to("first@dest.test")); // proven, as a relay's sites are
        await().atMost(PATIENCE).until(() -> mailboxes.count() == 1);
        relay.injectAll(count, sent::get);
        await()
            .atMost(PATIENCE)
            .pollInterval(Duration.ofSeconds(1))
            .until(
                () -> {
                  relay.flush(); // what was refused while the window grew
                  return mailboxes.count() == 1 + count;
                });
        Map<String, List<Arrival>> arrived = mailboxes.byRecipient();
        for (LmtpMessage message : sent) {
          assertUnchanged(message, arrived.get(message.recipients().get(0)));
        }
        assertThat(mailboxes.violations()).isEmpty();
        assertThat(mx.log().troubles()).isEmpty();
        assertThat(relay.log().troubles()).isEmpty();
      }
    }
  }

  private static Transport transport(int mxPort, LoopbackDns dns) throws Exception {
    return Transport.start(
        TransportConfig.builder()
            .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .hostname("us.test")
            .dns(List.of(dns.address()))
            .remotePort(mxPort)
            .tls(TlsMode.NONE)
            .build());
  }

  private static void assertUnchanged(LmtpMessage message, List<Arrival> copies) {
    assertThat(copies).hasSize(1);
    byte[] came = copies.get(0).content().orElseThrow().bytes();
    byte[] bytes = message.content().bytes();
    int top = came.length - bytes.length;
    assertThat(top).as("length of the two Received fields").isPositive();
    assertThat(Arrays.equals(came, top, came.length, bytes, 0, bytes.length))
        .as("mail to %s", message.recipients())
        .isTrue();
    assertThat(new String(came, 0, top, ISO_8859_1))
        .matches("(Received: [^\r\n]*\r\n([ \t][^\r\n]*\r\n)*){2}");
  }

  private LmtpMessage message(int i) {
    StringBuilder text = new StringBuilder(HEADER.formatted(i));
    switch (i % 5) {
      case 0 -> {} // no body at all
      case 1 -> lines(text, random.nextInt(40), 3, "..");
      case 2 -> lines(text, random.nextInt(30), 80, "..\u00e9 a");
      case 3 -> lines(text, 1 + random.nextInt(40), LONGEST, "xyz. ");
      default -> lines(text, random.nextInt(50), 200, manyBytes());
    }
    return LmtpMessage.to(
        "u" + i + "@dest.test", LmtpMessage.Content.of(text.toString().getBytes(ISO_8859_1)));
  }

  private void lines(StringBuilder text, int count, int longest, String alphabet) {
    for (int line = 0; line < count; line++) {
      for (int length = random.nextInt(longest + 1); length > 0; length--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      text.append("\r\n");
    }
  }

  /** Every byte but CR and LF, and NUL, which no mail may have (RFC 5321 section 4.5.2). */
  private static String manyBytes() {
    StringBuilder all = new StringBuilder();
    for (char c = 1; c < 256; c++) {
      if (c != '\r' && c != '\n') {
        all.append(c);
      }
    }
    return all.toString();
  }
}
