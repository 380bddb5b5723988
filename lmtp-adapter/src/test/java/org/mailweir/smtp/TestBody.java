package org.mailweir.smtp;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.mailweir.message.Body;

/** A body in memory. */
final class TestBody implements Body {
  private final byte[] bytes;
  private volatile boolean closed;

  TestBody(byte[] bytes) {
    this.bytes = bytes;
  }

  static TestBody of(String text) {
    return new TestBody(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Override
  public long size() {
    return bytes.length;
  }

  @Override
  public boolean eightBit() {
    for (byte b : bytes) {
      if (b < 0) {
        return true;
      }
    }
    return false;
  }

  @Override
  public InputStream open() throws IOException {
    if (closed) {
      throw new IOException("closed");
    }
    return new ByteArrayInputStream(bytes);
  }

  @Override
  public void close() {
    closed = true;
  }
}
