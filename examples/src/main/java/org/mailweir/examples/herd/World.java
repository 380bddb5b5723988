package org.mailweir.examples.herd;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.mailweir.loopback.BlackHole;
import org.mailweir.loopback.DnsTable;
import org.mailweir.loopback.LoopbackDns;
import org.mailweir.loopback.LoopbackNet;
import org.mailweir.loopback.ServiceTime;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.loopback.SinkHost;
import org.mailweir.loopback.SmtpSink;
import org.mailweir.tls.TlsMode;
import org.mailweir.transport.TransportConfig;

/**
 * The mail hosts of the demo, each at an address of its own on loopback, and a name server that
 * knows them: healthy ones, slow ones, dead ones that swallow connections, and one that is dead at
 * first and comes back.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class World implements AutoCloseable {
  static final String RETURNING = "returning.test";
  static final int CONNECTIONS_OF_RETURNING = 20;

  private static final int KNOWN = 50;
  private static final int SLOW = 10;
  private static final SinkBehaviour ALIVE =
      SinkBehaviour.healthy().serving(ServiceTime.lognormal(Duration.ofMillis(100), 0.6));
  private static final SinkBehaviour SLUGGISH =
      SinkBehaviour.healthy().serving(ServiceTime.lognormal(Duration.ofSeconds(3), 0.3));
  private static final SinkBehaviour BACK =
      SinkBehaviour.slow(Duration.ofMillis(200)).limitedTo(CONNECTIONS_OF_RETURNING);

  private final LoopbackNet net;
  private final SmtpSink sink;
  private final LoopbackDns dns;
  private final DnsTable zone = new DnsTable(3600);
  private final List<BlackHole> holes = new ArrayList<>();
  private final List<String> known;
  private final List<String> slow;
  private final List<String> dead;
  private final BlackHole away;
  private final AtomicInteger unseen = new AtomicInteger();
  private volatile @Nullable SinkHost back;

  private World(LoopbackNet net, SmtpSink sink, int deadHosts) throws IOException {
    this.net = net;
    this.sink = sink;
    dns = LoopbackDns.serving(zone);
    try {
      known = names("known", KNOWN);
      slow = names("slow", SLOW);
      dead = names("dead", deadHosts);
      for (String domain : known) {
        add(domain, ALIVE);
      }
      for (String domain : slow) {
        add(domain, SLUGGISH);
      }
      List<InetAddress> addresses = net.nextAddresses(deadHosts + 1);
      holes.addAll(BlackHole.openAll(addresses, net.port()));
      for (int i = 0; i < deadHosts; i++) {
        zone.mail(dead.get(i), addresses.get(i));
      }
      away = holes.get(deadHosts);
      zone.mail(RETURNING, addresses.get(deadHosts));
    } catch (IOException | RuntimeException failure) {
      dns.close();
      throw failure;
    }
  }

  /** Opens a world with so many dead hosts. */
  static World open(int deadHosts) throws IOException {
    LoopbackNet net = LoopbackNet.open();
    SmtpSink sink = SmtpSink.on(net);
    try {
      return new World(net, sink, deadHosts);
    } catch (IOException | RuntimeException failure) {
      sink.close();
      net.close();
      throw failure;
    }
  }

  SmtpSink sink() {
    return sink;
  }

  List<String> known() {
    return known;
  }

  List<String> slow() {
    return slow;
  }

  List<String> dead() {
    return dead;
  }

  /** Adds a healthy domain that nobody has sent to, and returns its name. */
  String unseen() {
    String domain = "new" + unseen.getAndIncrement() + ".test";
    try {
      add(domain, ALIVE);
    } catch (IOException noAddressLeft) {
      throw new IllegalStateException(noAddressLeft);
    }
    return domain;
  }

  /** Brings back the host that was away. */
  void comeBack() throws IOException {
    back = sink.recover(away, BACK);
  }

  /** Returns the most connections that the returned host has seen open at once; 0 while away. */
  int peakAtReturned() {
    SinkHost host = back;
    return host == null ? 0 : host.peakConnections();
  }

  /** Returns the settings of a transport in this world. */
  TransportConfig config(int clients) {
    return TransportConfig.builder()
        .listen(new InetSocketAddress("127.0.0.1", 0))
        .hostname("relay.test")
        .maxClients(clients)
        .dns(List.of(dns.address()))
        .remotePort(net.port())
        .tls(TlsMode.NONE)
        .connectTimeout(Plan.CONNECT_TIMEOUT)
        .build();
  }

  @Override
  public void close() throws IOException {
    for (BlackHole hole : holes) {
      hole.close();
    }
    dns.close();
    sink.close();
    net.close();
  }

  private void add(String domain, SinkBehaviour behaviour) throws IOException {
    zone.mail(domain, sink.host(behaviour).address());
  }

  private static List<String> names(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i + ".test").toList();
  }
}
