package org.mailweir.examples.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.mailweir.examples.relay.spool.MemorySpool;
import org.mailweir.lmtp.Protocol;
import org.mailweir.loopback.BlackHole;
import org.mailweir.loopback.DnsTable;
import org.mailweir.loopback.LmtpConnection;
import org.mailweir.loopback.LmtpMessage;
import org.mailweir.loopback.LmtpOutcome;
import org.mailweir.loopback.LoopbackDns;
import org.mailweir.loopback.LoopbackNet;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.loopback.SinkHost;
import org.mailweir.loopback.SmtpSink;
import org.mailweir.message.Body;
import org.mailweir.tls.TlsMode;
import org.mailweir.transport.TransportConfig;

/** Mail hosts and a name server on loopback, and relays among them. */
final class RelayWorld implements AutoCloseable {
  static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final DnsTable zone = new DnsTable(3600);
  private final LoopbackNet net;
  private final SmtpSink sink;
  private final LoopbackDns dns;

  private RelayWorld() throws IOException {
    net = keep(LoopbackNet.open());
    sink = keep(SmtpSink.on(net));
    dns = keep(LoopbackDns.serving(zone));
  }

  static RelayWorld open() throws IOException {
    return new RelayWorld();
  }

  SmtpSink sink() {
    return sink;
  }

  /** Adds a domain with one mail host. */
  SinkHost host(String domain, SinkBehaviour behaviour) throws IOException {
    SinkHost host = sink.host(behaviour);
    zone.mail(domain, host.address());
    return host;
  }

  /** Adds a domain whose only host swallows connections. */
  BlackHole dead(String domain) throws IOException {
    BlackHole hole = keep(BlackHole.open(net.nextAddress(), net.port()));
    zone.mail(domain, hole.address().getAddress());
    return hole;
  }

  /** Returns settings with short times. */
  TransportConfig.Builder transport() {
    return TransportConfig.builder()
        .listen(new InetSocketAddress("127.0.0.1", 0))
        .hostname("relay.test")
        .dns(List.of(dns.address()))
        .remotePort(net.port())
        .tls(TlsMode.NONE)
        .hold(Duration.ofMillis(500))
        .connectTimeout(Duration.ofSeconds(1));
  }

  Relay start(MemorySpool spool) throws IOException {
    return start(spool, Duration.ofHours(1));
  }

  Relay start(MemorySpool spool, Duration lifetime) throws IOException {
    return keep(
        Relay.start(
            new RelayConfig(
                transport().build(),
                Path.of("in memory"),
                Protocol.LMTP,
                Duration.ofMillis(200),
                Duration.ofSeconds(1),
                lifetime),
            spool));
  }

  /** Hands a message in, and returns what was said. */
  static LmtpOutcome send(Relay relay, String from, String... to) throws IOException {
    try (LmtpConnection client = LmtpConnection.open(relay.address(), TIMEOUT)) {
      return client.send(message(from, to), true);
    }
  }

  static LmtpMessage message(String from, String... to) {
    return new LmtpMessage(
        "", from, List.of(to), LmtpMessage.Content.of("Subject: hello\n\nhello\n"));
  }

  /** Returns a small body. */
  static Body body() {
    return new Small();
  }

  private static final class Small implements Body {
    private static final byte[] CONTENT = "Subject: hello\r\n\r\nhello\r\n".getBytes(US_ASCII);

    @Override
    public long size() {
      return CONTENT.length;
    }

    @Override
    public boolean eightBit() {
      return false;
    }

    @Override
    public InputStream open() {
      return new ByteArrayInputStream(CONTENT);
    }

    @Override
    public void close() {}
  }

  /** Keeps something that is to be closed with this world. */
  <T extends AutoCloseable> T keep(T closeable) {
    opened.push(closeable);
    return closeable;
  }

  @Override
  public void close() throws Exception {
    while (!opened.isEmpty()) {
      opened.pop().close();
    }
  }
}
