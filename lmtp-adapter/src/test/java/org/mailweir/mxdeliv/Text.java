package org.mailweir.mxdeliv;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.mailweir.message.Body;

/** A body in memory. */
record Text(String text) implements Body {
  private byte[] bytes() {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public long size() {
    return text.length();
  }

  @Override
  public boolean eightBit() {
    return text.chars().anyMatch(c -> c > 127);
  }

  @Override
  public InputStream open() {
    return new ByteArrayInputStream(bytes());
  }

  @Override
  public void close() {}
}
