package org.mailweir.postfix;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mailweir.loopback.BlackHole;
import org.mailweir.loopback.DnsTable;
import org.mailweir.loopback.LoopbackDns;
import org.mailweir.loopback.LoopbackNet;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.loopback.SinkHost;
import org.mailweir.loopback.SmtpSink;
import org.mailweir.program.ServedSocket;
import org.mailweir.program.TransportProcess;
import org.mailweir.tls.TlsMode;
import org.mailweir.transport.Transport;
import org.mailweir.transport.TransportConfig;

/**
 * A whole relay on loopback: a private Postfix, a transport behind it, and the world that mail goes
 * to. Mail for {@value #LOCAL} goes through the same queue manager past the transport, as local
 * mail does.
 *
 * <p>Thread safety: used by one thread, but for what it hands out.
 */
final class Relay implements AutoCloseable {
  static final String LOCAL = "local.test";

  private final LoopbackNet net;
  private final SmtpSink remote;
  private final SmtpSink local;
  private final DnsTable zone = new DnsTable();
  private final LoopbackDns dns;
  private final List<BlackHole> holes = new ArrayList<>();
  private final int clients;
  private Optional<Path> flushSocket = Optional.empty();
  private List<String> bySmtp = List.of();
  private @Nullable Transport transport;
  private @Nullable TransportProcess process;
  private @Nullable ServedSocket program;
  private @Nullable PrivatePostfix postfix;

  private Relay(int clients) throws IOException {
    this.clients = clients;
    net = LoopbackNet.open();
    remote = SmtpSink.on(net);
    local = SmtpSink.on(net);
    dns = LoopbackDns.serving(zone);
  }

  /** Starts all of it, with the recommended settings and so many LMTP clients. */
  static Relay start(Path home, int clients) throws IOException, InterruptedException {
    Relay relay = new Relay(clients);
    try {
      relay.startTransport(new InetSocketAddress("127.0.0.1", 0));
      relay.startPostfix(home, relay.transport().address());
      return relay;
    } catch (IOException | InterruptedException | RuntimeException failure) {
      relay.close();
      throw failure;
    }
  }

  /**
   * Starts all of it, the transport in a process of its own; mail for these domains goes by
   * Postfix's smtp(8) to {@link #local}, with as many processes.
   */
  static Relay startBesideSmtp(Path home, int clients, List<String> domains)
      throws IOException, InterruptedException {
    Relay relay = new Relay(clients);
    try {
      relay.bySmtp = List.copyOf(domains);
      TransportProcess process = TransportProcess.start(relay.options().toArray(String[]::new));
      relay.process = process;
      relay.startPostfix(home, process.address());
      return relay;
    } catch (IOException | InterruptedException | RuntimeException failure) {
      relay.close();
      throw failure;
    }
  }

  /** Starts all of it; the transport calls refused mail back. */
  static Relay startWithRecall(Path home, int clients) throws IOException, InterruptedException {
    Relay relay = new Relay(clients);
    try {
      relay.flushSocket = Optional.of(home.resolve("postfix/spool/public/flush").toAbsolutePath());
      relay.startTransport(new InetSocketAddress("127.0.0.1", 0));
      relay.startPostfix(home, relay.transport().address());
      return relay;
    } catch (IOException | InterruptedException | RuntimeException failure) {
      relay.close();
      throw failure;
    }
  }

  /** Starts all of it, the transport in a process of its own. */
  static Relay startAsProgram(Path home, int clients) throws IOException, InterruptedException {
    Relay relay = new Relay(clients);
    try {
      TransportProcess process = TransportProcess.start(relay.options().toArray(String[]::new));
      relay.process = process;
      relay.startPostfix(home, process.address());
      return relay;
    } catch (IOException | InterruptedException | RuntimeException failure) {
      relay.close();
      throw failure;
    }
  }

  /**
   * Starts the transport in a process of its own, on a socket that stays open while it restarts.
   */
  static Relay startOnServedSocket(Path home, int clients)
      throws IOException, InterruptedException {
    Relay relay = new Relay(clients);
    try {
      ServedSocket program = ServedSocket.start(home.resolve("transport.log"), relay.options());
      relay.program = program;
      relay.startPostfix(home, program.address());
      return relay;
    } catch (IOException | InterruptedException | RuntimeException failure) {
      relay.close();
      throw failure;
    }
  }

  PrivatePostfix postfix() {
    return requireNonNull(postfix);
  }

  Transport transport() {
    return requireNonNull(transport);
  }

  TransportProcess process() {
    return requireNonNull(process);
  }

  ServedSocket program() {
    return requireNonNull(program);
  }

  /** Returns the mail hosts of the world. */
  SmtpSink remote() {
    return remote;
  }

  /** Returns the host of the local mailboxes. */
  SmtpSink local() {
    return local;
  }

  /** Adds a domain with a host of its own. */
  SinkHost host(String domain, SinkBehaviour behaviour) throws IOException {
    SinkHost host = remote.host(behaviour);
    zone.mail(domain, host.address());
    return host;
  }

  /** Adds domains with a black hole each, at which connecting hangs. */
  void blackHoles(List<String> domains) throws IOException {
    List<InetAddress> addresses = net.nextAddresses(domains.size());
    holes.addAll(BlackHole.openAll(addresses, net.port()));
    for (int i = 0; i < domains.size(); i++) {
      zone.mail(domains.get(i), addresses.get(i));
    }
  }

  /** Stops the transport in order, and starts another one on the same port. */
  void restartTransport() throws IOException {
    InetSocketAddress address = transport().address();
    transport().stop(Duration.ZERO);
    startTransport(address);
  }

  /** Stops all of it; no process is left behind. */
  @Override
  public void close() throws IOException, InterruptedException {
    try {
      if (postfix != null) {
        postfix.close();
      }
    } finally {
      if (transport != null) {
        transport.stop(Duration.ZERO);
      }
      if (process != null) {
        process.close();
      }
      if (program != null) {
        program.close();
      }
      for (BlackHole hole : holes) {
        hole.close();
      }
      dns.close();
      local.close();
      remote.close();
      net.close();
    }
  }

  private void startTransport(InetSocketAddress address) throws IOException {
    TransportConfig.Builder config =
        TransportConfig.builder()
            .listen(address)
            .hostname("relay.test")
            .maxClients(clients)
            .dns(List.of(dns.address()))
            .remotePort(net.port())
            .tls(TlsMode.NONE);
    flushSocket.ifPresent(config::recall);
    transport = Transport.start(config.build());
  }

  private List<String> options() {
    return List.of(
        "--hostname=relay.test",
        "--max-clients=" + clients,
        "--dns=127.0.0.1:" + dns.address().getPort(),
        "--remote-port=" + net.port(),
        "--tls=none");
  }

  private void startPostfix(Path home, InetSocketAddress service)
      throws IOException, InterruptedException {
    InetAddress mailbox = local.host(SinkBehaviour.healthy()).address();
    PostfixSettings settings =
        PostfixSettings.recommended(service)
            .maxproc(clients)
            .local(LOCAL, new InetSocketAddress(mailbox, net.port()));
    for (String domain : bySmtp) {
      InetAddress host = local.host(SinkBehaviour.healthy()).address();
      settings = settings.local(domain, new InetSocketAddress(host, net.port()));
    }
    postfix = PrivatePostfix.start(home.resolve("postfix"), settings);
  }
}
