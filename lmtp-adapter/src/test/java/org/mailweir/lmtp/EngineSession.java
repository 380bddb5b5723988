package org.mailweir.lmtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.mailweir.message.Body;
import org.mailweir.message.BodyStore;
import org.mailweir.message.BodyWriter;
import org.mailweir.message.Recipient;
import org.mailweir.message.Reply;

/** Drives an engine without a socket, and keeps a record of what it asked for. */
final class EngineSession {
  static final LmtpSettings SETTINGS = LmtpSettings.of("relay.test", 100);
  static final String GREETING = "220 relay.test LMTP Mailweir\r\n";

  final BodyStore bodies;
  final List<LmtpEvent.Admit> admissions = new ArrayList<>();
  final List<byte[]> delivered = new ArrayList<>();
  final List<Body> deliveredBodies = new ArrayList<>();
  int abandoned;
  boolean closed;
  boolean wantsMoreSoon;
  Function<Recipient, Reply> admission = EngineSession::byDestination;
  Function<Integer, Reply> delivery = index -> new Reply(250, "2.1.5", "delivered " + index);

  private final String hello;
  private final LmtpEngine engine;
  private final StringBuilder output = new StringBuilder();
  private @Nullable BodyWriter writer;

  EngineSession() {
    this(SETTINGS, new BodyStore(64 << 20, 64 << 20));
  }

  EngineSession(LmtpSettings settings, BodyStore bodies) {
    this.bodies = bodies;
    this.hello = settings.protocol() == Protocol.LMTP ? "LHLO" : "EHLO";
    this.engine = new LmtpEngine(settings, InetAddress.getLoopbackAddress());
  }

  /** Starts with LHLO done and its output forgotten. */
  static EngineSession greeted() {
    return new EngineSession().greet();
  }

  /** Starts with LHLO or EHLO done and its output forgotten, and all extensions on offer. */
  static EngineSession greetedWithAll(Protocol protocol) {
    LmtpSettings all = SETTINGS.withProtocol(protocol).withDsn(true);
    return new EngineSession(all, new BodyStore(64 << 20, 64 << 20)).greet();
  }

  static EngineSession of(Protocol protocol) {
    return new EngineSession(SETTINGS.withProtocol(protocol), new BodyStore(64 << 20, 64 << 20));
  }

  EngineSession greet() {
    send(hello + " client.test\r\n");
    replies();
    return this;
  }

  /** Refuses destinations that begin with "dead". */
  private static Reply byDestination(Recipient recipient) {
    return recipient.destination().name().startsWith("dead")
        ? new Reply(451, "4.4.1", "suspended")
        : new Reply(250, "2.1.5", "Ok");
  }

  EngineSession send(String text) {
    return send(text.getBytes(UTF_8));
  }

  EngineSession send(byte[] bytes) {
    int at = 0;
    while (at < bytes.length && !closed) {
      at += engine.receive(bytes, at, bytes.length);
      run();
    }
    return this;
  }

  /** Sends each byte on its own. */
  EngineSession drip(byte[] bytes) {
    for (byte one : bytes) {
      send(new byte[] {one});
    }
    return this;
  }

  /** Lets the short wait for more RCPT lines run out. */
  EngineSession pause() {
    wantsMoreSoon = false;
    engine.nothingCame();
    run();
    return this;
  }

  /** Returns what was sent since the last call. */
  String replies() {
    run();
    output.append(new String(engine.takeOutput(), ISO_8859_1));
    String all = output.toString();
    output.setLength(0);
    return all;
  }

  /** Returns the first four characters of each reply: the code and its separator. */
  List<String> codes() {
    return replies().lines().map(line -> line.substring(0, 4).strip()).toList();
  }

  private void run() {
    while (!closed) {
      LmtpEvent event = engine.next();
      output.append(new String(engine.takeOutput(), ISO_8859_1));
      if (event instanceof LmtpEvent.NeedInput need) {
        wantsMoreSoon = need.soon();
        return;
      } else if (event instanceof LmtpEvent.Admit admit) {
        admissions.add(admit);
        engine.admitted(admit.recipients().stream().map(admission).toList());
      } else if (event instanceof LmtpEvent.ReceiveBody) {
        BodyWriter fresh = bodies.newBody();
        writer = fresh;
        engine.receiveInto(fresh);
      } else if (event instanceof LmtpEvent.Deliver deliver) {
        deliver(deliver.recipients());
      } else if (event instanceof LmtpEvent.Abandon) {
        abandoned++;
        closeWriter();
      } else if (event instanceof LmtpEvent.Close) {
        closed = true;
        closeWriter();
      }
    }
  }

  private void deliver(int recipients) {
    BodyWriter written = writer;
    if (written == null) {
      throw new AssertionError("no body was received");
    }
    writer = null;
    try (Body body = written.finish()) {
      delivered.add(body.open().readAllBytes());
      deliveredBodies.add(body);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    for (int i = 0; i < recipients; i++) {
      engine.delivered(delivery.apply(i));
    }
    engine.deliveryEnded(new Reply(451, "4.3.0", "none came"));
  }

  private void closeWriter() {
    BodyWriter written = writer;
    if (written != null) {
      written.close();
    }
    writer = null;
  }
}
