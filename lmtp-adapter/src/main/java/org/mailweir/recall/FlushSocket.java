package org.mailweir.recall;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Asks Postfix's flush service to deliver one deferred message now: what {@code postqueue -i} does
 * (Postfix, src/global/flush_clnt.c, attr_print0.c). One request a connection. The service says
 * first which protocol it speaks, and answers with a status; both are lists of names and values,
 * each ended by a NUL, and the list by one more.
 *
 * <p>Thread safety: {@link #call} by one thread at a time; {@link #hangUp} by any.
 */
final class FlushSocket {
  /** Far more than either of its two lists has. */
  private static final int MOST = 512;

  private final Path path;
  private final AtomicReference<@Nullable SocketChannel> open = new AtomicReference<>();

  FlushSocket(Path path) {
    this.path = path;
  }

  /**
   * Asks for a message. Blocks until it is answered or {@link #hangUp} is called; an interrupt ends
   * it too.
   *
   * @throws IOException if there is no such service, it may not be asked, or it says no
   */
  void call(String queueId) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      open.set(channel);
      channel.connect(UnixDomainSocketAddress.of(path));
      ByteBuffer in = ByteBuffer.allocate(MOST);
      list(channel, in);
      String request = "request\0send_file\0queue_id\0" + queueId + "\0\0";
      ByteBuffer out = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
      while (out.hasRemaining()) {
        channel.write(out);
      }
      String answer = list(channel, in);
      if (!answer.equals("status\0" + "0\0")) {
        throw new IOException("the service said " + answer.replace('\0', ' ').strip());
      }
    } finally {
      open.set(null);
    }
  }

  /** Ends a call under way. */
  void hangUp() {
    SocketChannel channel = open.get();
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException closedAnyway) {
        return; // the call fails in any case
      }
    }
  }

  /** Returns the next list without its last NUL; what came behind it stays in the buffer. */
  private static String list(SocketChannel channel, ByteBuffer in) throws IOException {
    while (true) {
      for (int i = 1; i < in.position(); i++) {
        if (in.get(i - 1) == 0 && in.get(i) == 0) {
          byte[] list = new byte[i];
          in.flip().get(list).get(); // and the last NUL
          in.compact();
          return new String(list, StandardCharsets.ISO_8859_1);
        }
      }
      if (!in.hasRemaining()) {
        throw new IOException("the service's answer has no end");
      }
      if (channel.read(in) < 0) {
        throw new EOFException("the service closed the connection");
      }
    }
  }
}
