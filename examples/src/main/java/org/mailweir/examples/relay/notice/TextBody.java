package org.mailweir.examples.relay.notice;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import org.mailweir.message.Body;

/** A body that we wrote ourselves, in memory. */
final class TextBody implements Body {
  private final byte[] content;
  private final boolean eightBit;

  /** Creates a body of lines that end with CRLF. */
  TextBody(byte[] content) {
    this.content = content;
    boolean high = false;
    for (byte each : content) {
      high |= each < 0;
    }
    eightBit = high;
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
  public InputStream open() {
    return new ByteArrayInputStream(content);
  }

  @Override
  public void close() {}
}
