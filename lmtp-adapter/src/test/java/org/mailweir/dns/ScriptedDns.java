package org.mailweir.dns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.mailweir.loopback.DnsAnswer;
import org.mailweir.loopback.LoopbackDns;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/** A name server on loopback that says what a test tells it, and keeps what it was asked. */
final class ScriptedDns implements AutoCloseable {
  final List<String> questions = new CopyOnWriteArrayList<>();

  private final LoopbackDns server = LoopbackDns.serving(this::answer);
  private final Map<String, List<Record>> records = new ConcurrentHashMap<>();
  private final Map<String, DnsAnswer> fixed = new ConcurrentHashMap<>();
  private long ttlSeconds = 300;
  private volatile CountDownLatch gate = new CountDownLatch(0);

  ScriptedDns() throws IOException {}

  InetSocketAddress address() {
    return server.address();
  }

  /** Adds records in master file form, such as {@code example.test. MX 10 mx.example.test.} */
  ScriptedDns add(String... lines) throws IOException {
    for (String line : lines) {
      String[] words = line.split(" +", 3);
      Name name = Name.fromString(words[0]);
      int type = Type.value(words[1]);
      Record added = Record.fromString(name, type, DClass.IN, ttlSeconds, words[2], Name.root);
      records.computeIfAbsent(key(name), any -> new CopyOnWriteArrayList<>()).add(added);
    }
    return this;
  }

  /** Sets for how long what is added from now on may be kept; 300 s unless said. */
  ScriptedDns ttl(long seconds) {
    ttlSeconds = seconds;
    return this;
  }

  /** Forgets what was added or told of a name. */
  ScriptedDns forget(String name) {
    records.remove(name);
    fixed.remove(name);
    return this;
  }

  /** Answers all questions for a name, or for a name and type ("name. MX"), with this code. */
  ScriptedDns fail(String question, int rcode) {
    fixed.put(question, new DnsAnswer.Failure(rcode));
    return this;
  }

  /** Does not answer questions for this name. */
  ScriptedDns ignore(String question) {
    fixed.put(question, new DnsAnswer.Silence());
    return this;
  }

  /** Holds all answers until the latch is down. */
  ScriptedDns hold(CountDownLatch until) {
    gate = until;
    return this;
  }

  @Override
  public void close() throws IOException {
    gate.countDown();
    server.close();
  }

  private DnsAnswer answer(Name absolute, int type) {
    String name = key(absolute);
    String question = name + ' ' + Type.string(type);
    questions.add(question);
    try {
      gate.await();
    } catch (InterruptedException over) {
      return new DnsAnswer.Silence();
    }
    @Nullable DnsAnswer told = fixed.getOrDefault(question, fixed.get(name));
    @Nullable List<Record> known = records.get(name);
    if (told != null) {
      return told;
    }
    return known == null
        ? new DnsAnswer.NoSuchName()
        : new DnsAnswer.Records(
            known.stream().filter(r -> r.getType() == type || r.getType() == Type.CNAME).toList());
  }

  private static String key(Name name) {
    return name.toString().toLowerCase(Locale.ROOT);
  }
}
