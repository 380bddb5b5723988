package org.mailweir.smtp;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.TimeSource;
import org.mailweir.tls.TlsPolicy;

/**
 * One socket that speaks in replies and bytes, plain or over TLS. Every operation blocks until its
 * deadline at most: then the socket is closed from outside. A channel is used, rather than a plain
 * socket, because an interrupt ends its operations on platform threads too.
 *
 * <p>Thread safety: one thread at a time; {@link #abort} and {@code close} by any thread.
 */
final class Wire {
  private enum Ending {
    TIMED_OUT,
    CLOSED
  }

  private final SocketChannel channel;
  private final Watchdog watchdog;
  private final TimeSource clock;
  private final Runnable onClose;
  private final AtomicReference<@Nullable Ending> ending = new AtomicReference<>();
  private final ReplyParser parser = new ReplyParser();
  private final byte[] buffer = new byte[4096];
  private int position;
  private int limit;
  private Socket socket;

  /** Version and policy; empty where the connection is in plain text. */
  private String tls = "";

  /**
   * Opens a socket that is not connected yet.
   *
   * @param onClose runs once, when the socket is closed
   */
  Wire(Watchdog watchdog, TimeSource clock, Runnable onClose) throws IOException {
    this.watchdog = watchdog;
    this.clock = clock;
    this.onClose = onClose;
    channel = SocketChannel.open();
    socket = channel.socket();
  }

  /** One step's I/O. */
  private interface Step<T> {
    T run() throws IOException;
  }

  void connect(InetSocketAddress address, long deadline) throws IOException, InterruptedException {
    guarded(
        deadline,
        () -> {
          channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
          try {
            return channel.connect(address);
          } catch (UnsupportedAddressTypeException noSuchFamily) {
            throw new IOException("this host has no such address family", noSuchFamily);
          }
        });
  }

  /** Goes on over TLS. What the peer sent before is a sign of tampering, and refused. */
  void secure(TlsPolicy policy, String host, long deadline)
      throws IOException, InterruptedException {
    if (position < limit) {
      throw new BadReply("data after the reply to STARTTLS");
    }
    Socket plain = socket;
    SSLSocket secured = guarded(deadline, () -> policy.handshake(plain, host));
    socket = secured;
    tls = secured.getSession().getProtocol() + '/' + policy.basis();
  }

  /** Returns such as {@code TLSv1.3/verify}; empty where the connection is in plain text. */
  String tls() {
    return tls;
  }

  /** Reads the next reply. */
  RemoteReply read(long deadline) throws IOException, InterruptedException {
    Optional<RemoteReply> reply = buffered();
    return reply.isPresent() ? reply.get() : guarded(deadline, this::readReply);
  }

  private Optional<RemoteReply> buffered() throws BadReply {
    while (position < limit) {
      Optional<RemoteReply> reply = parser.accept(buffer[position++]);
      if (reply.isPresent()) {
        return reply;
      }
    }
    return Optional.empty();
  }

  private RemoteReply readReply() throws IOException {
    InputStream in = socket.getInputStream();
    while (true) {
      int count = in.read(buffer, 0, buffer.length);
      if (count < 0) {
        throw new EOFException("connection closed");
      }
      position = 0;
      limit = count;
      Optional<RemoteReply> reply = buffered();
      if (reply.isPresent()) {
        return reply.get();
      }
    }
  }

  /** Writes it all to the socket. */
  void write(byte[] bytes, int length, long deadline) throws IOException, InterruptedException {
    guarded(
        deadline,
        () -> {
          OutputStream out = socket.getOutputStream();
          out.write(bytes, 0, length);
          out.flush();
          return length;
        });
  }

  /**
   * Returns whether the peer has neither closed an idle connection nor said anything. Costs a
   * system call, never blocks.
   */
  boolean isQuiet() {
    if (position < limit || !isOpen()) {
      return false;
    }
    try {
      channel.configureBlocking(false);
      try {
        return channel.read(ByteBuffer.allocate(1)) == 0;
      } finally {
        channel.configureBlocking(true);
      }
    } catch (IOException gone) {
      return false;
    }
  }

  boolean isOpen() {
    return channel.isOpen();
  }

  /** Returns whether we closed it, other than for a time-out. */
  boolean isAborted() {
    return ending.get() == Ending.CLOSED;
  }

  /** Closes the socket at once; whatever blocks on it fails. Later calls change nothing. */
  void abort() {
    end(Ending.CLOSED);
  }

  private void end(Ending reason) {
    if (ending.compareAndSet(null, reason)) {
      try {
        // Not the TLS socket: its close would want to write, and wait for a blocked writer.
        channel.close();
      } catch (IOException nothingToSave) {
        // The descriptor is gone either way.
      } finally {
        onClose.run();
      }
    }
  }

  private <T> T guarded(long deadline, Step<T> step) throws IOException, InterruptedException {
    ScheduledFuture<?> alarm =
        watchdog.after(deadline - clock.nanoTime(), () -> end(Ending.TIMED_OUT));
    try {
      return step.run();
    } catch (IOException failure) {
      if (Thread.interrupted()) {
        end(Ending.CLOSED);
        throw new InterruptedException();
      }
      if (ending.get() == Ending.TIMED_OUT) {
        throw new SocketTimeoutException("timed out");
      }
      throw failure;
    } finally {
      alarm.cancel(false);
    }
  }
}
