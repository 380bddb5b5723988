package org.mailweir.smtp;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.mailweir.message.Destination;
import org.mailweir.site.HostSet;
import org.mailweir.smtp.AttemptFailure.Fault;
import org.mailweir.tls.TlsMode;
import org.mailweir.tls.TlsPolicy;
import org.mailweir.tls.TlsRefusal;

/**
 * Brings one address to the point where MAIL may be sent: TCP, banner, EHLO, and STARTTLS with a
 * second EHLO as the mode demands. With {@link TlsMode#MAY} a failed handshake costs a second
 * connection, in plain text.
 *
 * <p>Thread safety: {@link #open} by one thread, once; {@link #abort} by any.
 */
final class HostAttempt {
  private final Destination destination;
  private final HostSet hosts;
  private final Peer peer;
  private final SmtpConfig config;
  private final Surroundings surroundings;
  private final Consumer<HostAttempt> onConnected;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Wire current;
  private boolean aborted;

  /**
   * Prepares an attempt.
   *
   * @param destination whose TLS policy holds
   * @param hosts all of that destination
   * @param onConnected hears when TCP is connected; twice if there is a second connection
   */
  HostAttempt(
      Destination destination,
      HostSet hosts,
      Peer peer,
      SmtpConfig config,
      Surroundings surroundings,
      Consumer<HostAttempt> onConnected) {
    this.destination = destination;
    this.hosts = hosts;
    this.peer = peer;
    this.config = config;
    this.surroundings = surroundings;
    this.onConnected = onConnected;
  }

  /** The TLS handshake failed; with {@link TlsMode#MAY} plain text is tried. */
  private static final class HandshakeFailure extends Exception {
    private static final long serialVersionUID = 1L;

    HandshakeFailure(IOException cause) {
      super(cause);
    }
  }

  Peer peer() {
    return peer;
  }

  /** Returns a session that is ready, or throws what went wrong. Blocks. */
  Session open() throws AttemptFailure, InterruptedException {
    TlsPolicy tls = policy();
    try {
      return open(tls, tls.mode());
    } catch (HandshakeFailure failure) {
      if (tls.mode() != TlsMode.MAY) {
        throw failed(failure);
      }
    }
    try {
      return open(tls, TlsMode.NONE);
    } catch (HandshakeFailure impossible) {
      throw failed(impossible);
    }
  }

  /** Ends it at once; {@code open} fails. */
  void abort() {
    lock.lock();
    try {
      aborted = true;
      if (current != null) {
        current.abort();
      }
    } finally {
      lock.unlock();
    }
  }

  private TlsPolicy policy() throws AttemptFailure, InterruptedException {
    try {
      return surroundings.tls().policy(destination, peer.host().name());
    } catch (TlsRefusal refusal) {
      throw new AttemptFailure(
          refusal.status(),
          peer + ": " + Verdicts.printable(refusal.text()),
          refusal.isOfTheHost() ? Fault.HOST : Fault.OURS);
    }
  }

  private Session open(TlsPolicy tls, TlsMode mode)
      throws AttemptFailure, HandshakeFailure, InterruptedException {
    Wire wire = newWire();
    boolean ready = false;
    try {
      connect(wire);
      Session session = greet(wire, tls, mode);
      ready = true;
      return session;
    } catch (IOException failure) {
      throw failed(failure);
    } finally {
      if (!ready) {
        wire.abort();
      }
    }
  }

  /** Opens a socket, and makes it the one that an abort closes. */
  private Wire newWire() throws AttemptFailure {
    Wire wire;
    try {
      wire = surroundings.newWire();
    } catch (IOException noneLeft) {
      throw new AttemptFailure("4.3.0", peer + ": no socket: " + said(noneLeft), Fault.OURS);
    }
    lock.lock();
    try {
      current = wire;
      if (aborted) {
        wire.abort();
      }
      return wire;
    } finally {
      lock.unlock();
    }
  }

  private void connect(Wire wire) throws AttemptFailure, InterruptedException {
    try (AddressBook.Attempt noted = surroundings.addresses().trying(hosts, peer)) {
      wire.connect(peer.socketAddress(), deadline(config.timeouts().connect()));
    } catch (IOException failure) {
      String what = failure instanceof SocketTimeoutException ? "timed out" : said(failure);
      throw new AttemptFailure("4.4.1", peer.connecting() + what, Fault.NO_CONNECTION);
    }
    surroundings.socketConnected();
    onConnected.accept(this);
  }

  private Session greet(Wire wire, TlsPolicy tls, TlsMode mode)
      throws IOException, AttemptFailure, HandshakeFailure, InterruptedException {
    expect(220, wire.read(greeting()), "connection");
    Capabilities capabilities = hello(wire, !mode.required());
    if (mode != TlsMode.NONE && capabilities.startTls()) {
      RemoteReply reply = command(wire, "STARTTLS");
      if (reply.code() == 220) {
        secure(wire, tls);
        capabilities = hello(wire, false);
      } else if (mode.required() || reply.code() == 421) {
        expect(220, reply, "STARTTLS");
      }
    } else if (mode.required()) {
      throw new AttemptFailure("4.7.4", peer + ": TLS is required, but not offered", Fault.HOST);
    }
    return new Session(wire, destination, tls, peer, capabilities, surroundings.clock());
  }

  private void secure(Wire wire, TlsPolicy tls)
      throws IOException, HandshakeFailure, InterruptedException {
    try {
      wire.secure(tls, peer.tlsName(), greeting());
    } catch (BadReply injection) {
      throw injection;
    } catch (IOException failure) {
      if (wire.isAborted()) {
        throw failure;
      }
      throw new HandshakeFailure(failure);
    }
  }

  private Capabilities hello(Wire wire, boolean mayFallBack)
      throws IOException, AttemptFailure, InterruptedException {
    RemoteReply reply = command(wire, "EHLO " + config.hostname());
    if (reply.code() == 250) {
      return Capabilities.of(reply);
    }
    if (!reply.isPermanent() || !mayFallBack) {
      expect(250, reply, "EHLO");
    }
    expect(250, command(wire, "HELO " + config.hostname()), "HELO");
    return Capabilities.NONE;
  }

  private RemoteReply command(Wire wire, String command) throws IOException, InterruptedException {
    byte[] line = (command + "\r\n").getBytes(StandardCharsets.US_ASCII);
    long deadline = greeting();
    wire.write(line, line.length, deadline);
    return wire.read(deadline);
  }

  private void expect(int code, RemoteReply reply, String command) throws AttemptFailure {
    if (reply.code() != code) {
      String status = reply.isTransient() ? reply.status() : "";
      throw new AttemptFailure(
          status.isEmpty() ? "4.3.0" : status,
          Verdicts.said(peer, command, reply),
          reply.pushesBack() ? Fault.TOO_MUCH : Fault.HOST);
    }
  }

  private long greeting() {
    return deadline(config.timeouts().greeting());
  }

  private long deadline(Duration limit) {
    return surroundings.clock().nanoTime() + limit.toNanos();
  }

  private AttemptFailure failed(HandshakeFailure failure) {
    Throwable cause = failure.getCause();
    boolean certificate = false;
    for (Throwable each = cause; each != null; each = each.getCause()) {
      certificate |= each instanceof CertificateException;
    }
    String what = certificate ? "certificate not accepted" : "TLS handshake failed";
    return new AttemptFailure("4.7.5", peer + ": " + what + ": " + said(cause), Fault.HOST);
  }

  private AttemptFailure failed(IOException failure) {
    String what;
    if (failure instanceof SocketTimeoutException) {
      what = "connected, but timed out before it was ready";
    } else if (failure instanceof BadReply || failure instanceof SSLException) {
      what = "protocol error: " + said(failure);
    } else {
      what = "lost connection: " + said(failure);
    }
    return new AttemptFailure("4.4.1", peer + ": " + what, Fault.HOST);
  }

  private static String said(@Nullable Throwable failure) {
    String text = failure == null ? "" : String.valueOf(failure.getMessage());
    return Verdicts.printable(text);
  }
}
