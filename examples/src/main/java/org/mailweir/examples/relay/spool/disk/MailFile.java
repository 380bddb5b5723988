package org.mailweir.examples.relay.spool.disk;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.mailweir.examples.relay.spool.Accepted;
import org.mailweir.message.Body;

/**
 * A file with one message, as it was accepted. It is written once, synced, and never changed:
 *
 * <pre>
 *   8 bytes  MWMAIL01
 *   4        length of the envelope
 *   n        the envelope with its checksum, see {@link Codec}
 *   m        the body
 *   1        whether the body has a byte above 127
 *   4        CRC-32C of the body
 *   8        m
 * </pre>
 *
 * The end tells that the file is whole; and as the envelope is in it, all mail can be found again
 * without the index.
 */
final class MailFile {
  private static final long MAGIC = 0x4d574d41494c3031L; // MWMAIL01
  private static final int HEAD = Long.BYTES + Integer.BYTES;
  private static final int TAIL = 1 + Integer.BYTES + Long.BYTES;
  private static final int CHUNK = 64 << 10;

  /** What a whole file holds; the body is readable until it is closed. */
  record Content(Accepted message, Body body) {}

  private MailFile() {}

  /** Returns the bytes that such a file takes. */
  static long size(byte[] envelope, long body) {
    return HEAD + envelope.length + body + TAIL;
  }

  /** Writes a new file. Where it throws, part of the file may be there. */
  static void write(Path path, Set<? extends OpenOption> options, byte[] envelope, Body body)
      throws IOException {
    try (FileChannel file = FileChannel.open(path, options, Permissions.file(path));
        InputStream in = body.open()) {
      write(file, ByteBuffer.allocate(HEAD).putLong(MAGIC).putInt(envelope.length).flip());
      write(file, ByteBuffer.wrap(envelope));
      Checksum checksum = new Checksum();
      byte[] chunk = new byte[CHUNK];
      long size = 0;
      for (int count = in.readNBytes(chunk, 0, CHUNK);
          count > 0;
          count = in.readNBytes(chunk, 0, CHUNK)) {
        checksum.update(chunk, 0, count);
        size += count;
        write(file, ByteBuffer.wrap(chunk, 0, count));
      }
      if (size != body.size()) {
        throw new EOFException("the body has " + size + " bytes, not " + body.size());
      }
      ByteBuffer tail = ByteBuffer.allocate(TAIL).put((byte) (body.eightBit() ? 1 : 0));
      write(file, tail.putInt(checksum.value()).putLong(size).flip());
      file.force(true);
    }
  }

  private static void write(FileChannel file, ByteBuffer all) throws IOException {
    while (all.hasRemaining()) {
      file.write(all);
    }
  }

  /**
   * Opens a file and reads it through once.
   *
   * @throws DamagedException if it is not what was written
   */
  static Content open(Path path) throws IOException, DamagedException {
    return open(path, true);
  }

  /** Opens a file without a look at its body's checksum. */
  static Content skim(Path path) throws IOException, DamagedException {
    return open(path, false);
  }

  private static Content open(Path path, boolean wholly) throws IOException, DamagedException {
    FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
    boolean good = false;
    try {
      Content content = read(file, wholly);
      good = true;
      return content;
    } finally {
      if (!good) {
        file.close();
      }
    }
  }

  private static Content read(FileChannel file, boolean wholly)
      throws IOException, DamagedException {
    long length = file.size();
    if (length < HEAD + TAIL) {
      throw new DamagedException("its file has " + length + " bytes only");
    }
    ByteBuffer head = read(file, 0, HEAD);
    long magic = head.getLong();
    int envelope = head.getInt();
    if (magic != MAGIC || envelope < 0 || envelope > Math.min(Codec.LIMIT, length - HEAD - TAIL)) {
      throw new DamagedException("its file begins with nonsense");
    }
    Accepted message = Codec.decodeMessage(read(file, HEAD, envelope).array());
    ByteBuffer tail = read(file, length - TAIL, TAIL);
    boolean eightBit = tail.get() != 0;
    int checksum = tail.getInt();
    long size = tail.getLong();
    long start = (long) HEAD + envelope;
    if (size != length - start - TAIL) {
      throw new DamagedException(
          "its body has " + (length - start - TAIL) + " bytes instead of " + size);
    }
    if (wholly && checksum != checksum(file, start, size)) {
      throw new DamagedException("the checksum of its body is wrong");
    }
    return new Content(message, new FileBody(file, start, size, eightBit));
  }

  private static int checksum(FileChannel file, long start, long size) throws IOException {
    Checksum checksum = new Checksum();
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(size, CHUNK));
    for (long position = 0; position < size; ) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), size - position));
      int count = file.read(buffer, start + position);
      if (count <= 0) {
        throw new EOFException("the file became shorter");
      }
      checksum.update(buffer.array(), 0, count);
      position += count;
    }
    return checksum.value();
  }

  private static ByteBuffer read(FileChannel file, long position, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (file.read(buffer, position + buffer.position()) <= 0) {
        throw new EOFException("the file became shorter");
      }
    }
    return buffer.flip();
  }
}
