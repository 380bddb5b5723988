package org.mailweir.examples.relay.spool;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.mailweir.message.Body;

/** A body in memory. */
public class MemoryBody implements Body {
  private final byte[] content;
  private final boolean eightBit;
  private volatile boolean closed;

  /** Creates a body that owns the array. */
  public MemoryBody(byte[] content, boolean eightBit) {
    this.content = content;
    this.eightBit = eightBit;
  }

  /** Creates a body of this text. */
  public MemoryBody(String text) {
    this(text.getBytes(StandardCharsets.UTF_8), !text.chars().allMatch(c -> c < 128));
  }

  @Override
  public long size() {
    return content.length;
  }

  @Override
  public boolean eightBit() {
    return eightBit;
  }

  @Override
  public InputStream open() throws IOException {
    if (closed) {
      throw new IOException("the body was closed");
    }
    return new ByteArrayInputStream(content);
  }

  @Override
  public void close() {
    closed = true;
  }
}
