package org.mailweir.dns;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** A name server on loopback, over UDP, that knows what a test tells it. */
final class LoopbackDns implements AutoCloseable {
  private final DatagramSocket socket =
      new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  private final Map<String, List<Record>> records = new ConcurrentHashMap<>();
  private final Map<String, Integer> failures = new ConcurrentHashMap<>();
  final List<String> questions = new CopyOnWriteArrayList<>();
  private volatile CountDownLatch gate = new CountDownLatch(0);

  LoopbackDns() throws IOException {
    Thread thread = new Thread(this::serve, "loopback-dns");
    thread.setDaemon(true);
    thread.start();
  }

  InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  /** Adds records in master file form, such as {@code example.test. MX 10 mx.example.test.} */
  LoopbackDns add(String... lines) throws IOException {
    for (String line : lines) {
      String[] words = line.split(" +", 3);
      Name name = Name.fromString(words[0]);
      int type = Type.value(words[1]);
      Record added = Record.fromString(name, type, DClass.IN, 300, words[2], Name.root);
      records.computeIfAbsent(key(name), any -> new CopyOnWriteArrayList<>()).add(added);
    }
    return this;
  }

  /** Forgets what was added or told of a name. */
  LoopbackDns forget(String name) {
    records.remove(name);
    failures.remove(name);
    return this;
  }

  /** Answers all questions for a name, or for a name and type ("name. MX"), with this code. */
  LoopbackDns fail(String question, int rcode) {
    failures.put(question, rcode);
    return this;
  }

  /** Does not answer questions for this name. */
  LoopbackDns ignore(String question) {
    return fail(question, -1);
  }

  /** Holds all answers until the latch is down. */
  LoopbackDns hold(CountDownLatch until) {
    gate = until;
    return this;
  }

  private static String key(Name name) {
    return name.toString().toLowerCase(java.util.Locale.ROOT);
  }

  private void serve() {
    byte[] buffer = new byte[4096];
    while (!socket.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        Message query = new Message(Arrays.copyOf(buffer, packet.getLength()));
        String type = Type.string(query.getQuestion().getType());
        questions.add(key(query.getQuestion().getName()) + ' ' + type);
        gate.await();
        Message answer = answer(query);
        if (answer != null) {
          byte[] bytes = answer.toWire(4096);
          socket.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
        }
      } catch (IOException closed) {
        // The test is over, or the packet was none.
      } catch (InterruptedException over) {
        return;
      }
    }
  }

  private @org.jspecify.annotations.Nullable Message answer(Message query) throws IOException {
    String name = key(query.getQuestion().getName());
    String type = Type.string(query.getQuestion().getType());
    Message answer = new Message(query.getHeader().getID());
    answer.getHeader().setFlag(Flags.QR);
    answer.getHeader().setFlag(Flags.RA);
    answer.addRecord(query.getQuestion(), Section.QUESTION);
    Integer failure = failures.getOrDefault(name + ' ' + type, failures.get(name));
    List<Record> known = records.get(name);
    if (failure != null && failure < 0) {
      return null;
    } else if (failure != null) {
      answer.getHeader().setRcode(failure);
    } else if (known == null) {
      answer.getHeader().setRcode(Rcode.NXDOMAIN);
    } else {
      for (Record each : new ArrayList<>(known)) {
        if (each.getType() == query.getQuestion().getType() || each.getType() == Type.CNAME) {
          answer.addRecord(each, Section.ANSWER);
        }
      }
    }
    if (answer.getSection(Section.ANSWER).isEmpty() && failure == null) {
      answer.addRecord(
          Record.fromString(
              Name.fromString("test."),
              Type.SOA,
              DClass.IN,
              300,
              "a.test. b.test. 1 1 1 1 300",
              Name.root),
          Section.AUTHORITY);
    }
    return answer;
  }

  @Override
  public void close() {
    gate.countDown();
    socket.close();
  }
}
