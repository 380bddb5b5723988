package org.mailweir.herd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.hash.Hashing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.mailweir.loopback.Arrival;
import org.mailweir.loopback.BlackHole;
import org.mailweir.loopback.DnsTable;
import org.mailweir.loopback.LmtpConnection;
import org.mailweir.loopback.LmtpLoad;
import org.mailweir.loopback.LmtpOutcome;
import org.mailweir.loopback.LmtpOutcome.RecipientReply;
import org.mailweir.loopback.LoopbackDns;
import org.mailweir.loopback.LoopbackNet;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.loopback.SinkHost;
import org.mailweir.loopback.SmtpSink;
import org.mailweir.tls.TlsMode;
import org.mailweir.transport.Transport;
import org.mailweir.transport.TransportConfig;

/**
 * Everything that a transport has around it: a DNS, mail hosts that are alive, hosts that swallow
 * connections, and LMTP clients. What is opened here is closed with it, the last one first.
 */
final class HerdWorld implements AutoCloseable {
  static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final DnsTable zone = new DnsTable(3600);
  private final LoopbackNet net;
  private final SmtpSink sink;
  private final LoopbackDns dns;

  private HerdWorld() throws IOException {
    net = keep(LoopbackNet.open());
    sink = keep(SmtpSink.on(net));
    dns = keep(LoopbackDns.serving(zone));
  }

  static HerdWorld open() throws IOException {
    return new HerdWorld();
  }

  LoopbackNet net() {
    return net;
  }

  SmtpSink sink() {
    return sink;
  }

  DnsTable zone() {
    return zone;
  }

  InetSocketAddress dns() {
    return dns.address();
  }

  /** Adds a domain with one mail host. */
  SinkHost host(String domain, SinkBehaviour behaviour) throws IOException {
    SinkHost host = sink.host(behaviour);
    zone.mail(domain, host.address());
    return host;
  }

  /** Adds domains that are alive, each with a host of its own, and returns their names. */
  List<String> alive(String prefix, int count, SinkBehaviour behaviour) throws IOException {
    List<String> domains = names(prefix, count);
    for (String domain : domains) {
      host(domain, behaviour);
    }
    return domains;
  }

  /** Adds a domain whose only host swallows connections. */
  BlackHole dead(String domain) throws IOException {
    BlackHole hole = hole();
    zone.mail(domain, hole.address().getAddress());
    return hole;
  }

  /** Adds a host that swallows connections, for no domain yet. */
  BlackHole hole() throws IOException {
    return keep(BlackHole.open(net.nextAddress(), net.port()));
  }

  /** Adds domains whose only hosts swallow connections, and returns their names. */
  List<String> dead(String prefix, int count) throws IOException {
    List<InetAddress> addresses = net.nextAddresses(count);
    BlackHole.openAll(addresses, net.port()).forEach(this::keep);
    List<String> domains = names(prefix, count);
    for (int i = 0; i < count; i++) {
      zone.mail(domains.get(i), addresses.get(i));
    }
    return domains;
  }

  /** Returns the settings of a transport in this world: the defaults, but shorter times. */
  TransportConfig.Builder config() {
    return TransportConfig.builder()
        .listen(new InetSocketAddress("127.0.0.1", 0))
        .hostname("relay.test")
        .dns(List.of(dns.address()))
        .remotePort(net.port())
        .tls(TlsMode.NONE)
        .hold(Duration.ofSeconds(5))
        .connectTimeout(Duration.ofSeconds(10))
        .patience(Duration.ofSeconds(10));
  }

  /** Starts a transport in this JVM. */
  Transport start(TransportConfig.Builder config) throws IOException {
    return keep(Transport.start(config.build()));
  }

  /** Starts a transport with the settings of {@link #config}. */
  Transport start() throws IOException {
    return start(config());
  }

  /** Starts clients. */
  LmtpLoad load(InetSocketAddress transport, LmtpLoad.Settings settings) {
    return keep(LmtpLoad.start(transport, settings));
  }

  /** Opens one client. */
  LmtpConnection client(Transport transport) throws IOException {
    return keep(LmtpConnection.open(transport.address(), TIMEOUT));
  }

  /** Keeps something that is to be closed with this world. */
  <T extends AutoCloseable> T keep(T closeable) {
    opened.push(closeable);
    return closeable;
  }

  /**
   * Asserts that each recipient whose message was taken got it exactly once, byte for byte, that no
   * other recipient got anything, and that nobody breached a protocol.
   */
  void assertExactlyOnce(List<LmtpOutcome> outcomes) {
    Map<String, List<Arrival>> arrived = sink.byRecipient();
    List<String> delivered = new ArrayList<>();
    for (LmtpOutcome outcome : outcomes) {
      assertThat(outcome.failure()).isEmpty();
      String sent = Hashing.sha256().hashBytes(outcome.message().content().bytes()).toString();
      for (RecipientReply reply : outcome.recipients()) {
        if (reply.delivered()) {
          delivered.add(reply.recipient());
          assertThat(arrived.getOrDefault(reply.recipient(), List.of()))
              .as(reply.recipient())
              .extracting(arrival -> arrival.sha256().toString())
              .containsExactly(sent);
        }
      }
    }
    assertThat(arrived.keySet()).containsExactlyInAnyOrderElementsOf(delivered);
    assertThat(sink.violations()).isEmpty();
  }

  @Override
  public void close() throws Exception {
    while (!opened.isEmpty()) {
      opened.pop().close();
    }
  }

  private static List<String> names(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i + ".test").toList();
  }
}
