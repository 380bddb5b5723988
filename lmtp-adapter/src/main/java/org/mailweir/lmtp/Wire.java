package org.mailweir.lmtp;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A socket with deadlines. Java's sockets have none for writing: whoever owns the wires asks {@link
 * #isStuck} now and then and closes those that are, which ends the write.
 *
 * <p>Thread safety: {@link #isStuck} and {@link #close} may be called by any thread, the others by
 * the connection's.
 */
final class Wire implements AutoCloseable {
  private static final int DRAIN_BYTES = 256 << 10;
  private static final long DRAIN_NANOS = 1_000_000_000L;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final long writeNanos;
  private volatile boolean writing;
  private volatile long writingSince;
  private boolean lost;

  Wire(Socket socket, Duration writeTimeout) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
    this.writeNanos = writeTimeout.toNanos();
  }

  /**
   * Reads what is there, or waits for it.
   *
   * @param deadline reading of {@code System.nanoTime()}
   * @return how many bytes; 0 if there were none until the deadline or there is no room, -1 if the
   *     client has closed its end
   */
  int read(InputBuffer into, long deadline) throws IOException {
    int room = into.makeRoom();
    if (room == 0) {
      return 0;
    }
    try {
      socket.setSoTimeout(millisUntil(deadline));
      int count = in.read(into.array(), into.end(), room);
      if (count > 0) {
        into.filled(count);
      } else {
        lost = true;
      }
      return count;
    } catch (SocketTimeoutException nothingCame) {
      return 0;
    } catch (IOException failure) {
      lost = true;
      throw failure;
    }
  }

  void write(byte[] bytes) throws IOException {
    writingSince = System.nanoTime();
    writing = true;
    try {
      out.write(bytes);
      out.flush();
    } catch (IOException failure) {
      lost = true;
      throw failure;
    } finally {
      writing = false;
    }
  }

  /** Returns the socket's channel, if it has one. */
  @Nullable SocketChannel channel() {
    return socket.getChannel();
  }

  boolean isClosed() {
    return socket.isClosed();
  }

  /** Returns whether the client has closed its end or the connection has failed. */
  boolean isLost() {
    return lost;
  }

  /** Returns whether a write has been blocked for longer than the client is waited for. */
  boolean isStuck(long now) {
    return writing && now - writingSince > writeNanos;
  }

  /**
   * Closes so that the last reply arrives: closing a socket with unread input resets the
   * connection, and the reset may overtake the reply. The rest of the input is read for at most a
   * second.
   */
  void hangUp() {
    try {
      socket.shutdownOutput();
      byte[] scratch = new byte[4 << 10];
      long end = System.nanoTime() + DRAIN_NANOS;
      int left = DRAIN_BYTES;
      while (left > 0 && end - System.nanoTime() > 0) {
        socket.setSoTimeout(millisUntil(end));
        int count = in.read(scratch);
        if (count < 0) {
          break;
        }
        left -= count;
      }
    } catch (IOException goneAlready) {
      lost = true;
    } finally {
      close();
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException closedAnyway) {
      // Nothing is left to be done with it.
      return;
    }
  }

  private static int millisUntil(long deadline) {
    long millis = (deadline - System.nanoTime() + 999_999) / 1_000_000;
    return (int) Math.max(1, Math.min(millis, Integer.MAX_VALUE));
  }
}
