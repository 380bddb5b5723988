package org.mailweir.loopback;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.LongAdder;
import org.mailweir.thread.TaskThreads;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;

/**
 * A name server on UDP and TCP at one free port of 127.0.0.1. It answers out of a {@link DnsZone},
 * sets the truncation bit where an answer does not fit into a datagram, and counts the questions.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class LoopbackDns implements AutoCloseable {
  private static final int MAX_MESSAGE = 65_535;
  private static final int PLAIN_DATAGRAM = 512; // RFC 1035 section 4.2.1
  private static final int OUR_DATAGRAM = 1232;
  private static final int NEGATIVE_TTL_SECONDS = 60;
  private static final int MAX_TCP_CLIENTS = 256;
  private static final int TCP_IDLE_MILLIS = 30_000;
  private static final int BIND_ATTEMPTS = 50;

  private final DnsZone zone;
  private final DatagramChannel udp;
  private final ServerSocket tcp;
  private final Set<Socket> tcpClients = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads = TaskThreads.newExecutor("loopback-dns");
  private final LongAdder queries = new LongAdder();
  private final LongAdder tcpQueries = new LongAdder();

  private LoopbackDns(DnsZone zone, DatagramChannel udp, ServerSocket tcp) {
    this.zone = zone;
    this.udp = udp;
    this.tcp = tcp;
  }

  /** Starts a server for the zone. */
  public static LoopbackDns serving(DnsZone zone) throws IOException {
    InetAddress local = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    for (int attempt = 1; ; attempt++) {
      ServerSocket tcp = new ServerSocket(0, 128, local);
      DatagramChannel udp = DatagramChannel.open();
      try {
        udp.bind(tcp.getLocalSocketAddress()); // may be taken: the system chose the port for TCP
        LoopbackDns dns = new LoopbackDns(zone, udp, tcp);
        dns.threads.execute(dns::serveDatagrams);
        dns.threads.execute(dns::acceptClients);
        return dns;
      } catch (IOException e) {
        udp.close();
        tcp.close();
        if (attempt == BIND_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** Returns where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) tcp.getLocalSocketAddress();
  }

  /** Returns how many questions were asked, answered or not. */
  public long queries() {
    return queries.sum();
  }

  /** Returns how many of them came over TCP. */
  public long tcpQueries() {
    return tcpQueries.sum();
  }

  @Override
  public void close() throws IOException {
    udp.close();
    tcp.close();
    for (Socket client : tcpClients) {
      client.close();
    }
    threads.shutdownNow();
  }

  private void serveDatagrams() {
    ByteBuffer packet = ByteBuffer.allocate(MAX_MESSAGE);
    while (udp.isOpen()) {
      try {
        packet.clear();
        SocketAddress client = udp.receive(packet);
        byte[] query = new byte[packet.flip().remaining()];
        packet.get(query);
        Optional<byte[]> response = respond(query, false);
        if (response.isPresent()) {
          udp.send(ByteBuffer.wrap(response.get()), client);
        }
      } catch (ClosedChannelException closed) {
        return;
      } catch (IOException unreachableClient) {
        // A client that has gone away is no concern of the others.
      }
    }
  }

  private void acceptClients() {
    while (!tcp.isClosed()) {
      try {
        Socket client = tcp.accept();
        if (tcpClients.size() >= MAX_TCP_CLIENTS) {
          client.close();
        } else {
          tcpClients.add(client);
          threads.execute(() -> serveClient(client));
        }
      } catch (IOException closed) {
        // Either the server was closed, and the loop ends, or this client was too quick for us.
      }
    }
  }

  private void serveClient(Socket client) {
    try (client) {
      client.setSoTimeout(TCP_IDLE_MILLIS);
      DataInputStream in = new DataInputStream(client.getInputStream());
      DataOutputStream out = new DataOutputStream(client.getOutputStream());
      while (true) {
        byte[] query = in.readNBytes(in.readUnsignedShort());
        Optional<byte[]> response = respond(query, true);
        if (response.isPresent()) {
          ByteBuffer framed = ByteBuffer.allocate(2 + response.get().length);
          framed.putShort((short) response.get().length).put(response.get());
          out.write(framed.array());
        }
      }
    } catch (IOException ended) {
      // The client has closed its end, or is idle for too long.
    } finally {
      tcpClients.remove(client);
    }
  }

  /** Returns the response to a query, or empty for silence. */
  private Optional<byte[]> respond(byte[] wire, boolean overTcp) {
    Message query;
    try {
      query = new Message(wire);
    } catch (IOException malformed) {
      return Optional.empty();
    }
    Record question = query.getQuestion();
    if (question == null || query.getHeader().getFlag(Flags.QR)) {
      return Optional.empty();
    }
    queries.increment();
    if (overTcp) {
      tcpQueries.increment();
    }
    DnsAnswer answer = zone.answer(lowerCase(question.getName()), question.getType());
    if (answer instanceof DnsAnswer.Silence) {
      return Optional.empty();
    }
    Message response = new Message(query.getHeader().getID());
    response.getHeader().setFlag(Flags.QR);
    response.getHeader().setFlag(Flags.AA);
    response.getHeader().setFlag(Flags.RA);
    if (query.getHeader().getFlag(Flags.RD)) {
      response.getHeader().setFlag(Flags.RD);
    }
    response.addRecord(question, Section.QUESTION);
    if (answer instanceof DnsAnswer.Signed signed) {
      if (query.getHeader().getFlag(Flags.AD)) {
        response.getHeader().setFlag(Flags.AD);
      }
      fill(response, question.getName(), signed.answer());
    } else {
      fill(response, question.getName(), answer);
    }
    OPTRecord edns = query.getOPT();
    if (edns != null) {
      response.addRecord(new OPTRecord(OUR_DATAGRAM, 0, 0), Section.ADDITIONAL);
    }
    if (overTcp) {
      return Optional.of(response.toWire(MAX_MESSAGE));
    }
    int room = edns == null ? PLAIN_DATAGRAM : Math.max(PLAIN_DATAGRAM, edns.getPayloadSize());
    return Optional.of(response.toWire(Math.min(room, OUR_DATAGRAM)));
  }

  private static void fill(Message response, Name name, DnsAnswer answer) {
    List<Record> records = List.of();
    if (answer instanceof DnsAnswer.Records found) {
      records = found.records();
    } else if (answer instanceof DnsAnswer.Failure failure) {
      response.getHeader().setRcode(failure.rcode());
      return;
    } else {
      response.getHeader().setRcode(Rcode.NXDOMAIN);
    }
    records.forEach(r -> response.addRecord(r, Section.ANSWER));
    if (records.isEmpty()) {
      response.addRecord(authority(name), Section.AUTHORITY); // RFC 2308 section 2
    }
  }

  private static Record authority(Name name) {
    Name top = name.labels() > 1 ? new Name(name, name.labels() - 2) : Name.root;
    return new SOARecord(
        top, DClass.IN, NEGATIVE_TTL_SECONDS, top, top, 1, 3600, 600, 86400, NEGATIVE_TTL_SECONDS);
  }

  private static Name lowerCase(Name name) {
    return name.canonicalize();
  }
}
