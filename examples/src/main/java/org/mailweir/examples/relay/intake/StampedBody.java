package org.mailweir.examples.relay.intake;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import org.mailweir.message.Body;

/** A body with a line of ours on top of it. Closing it leaves the body open: it is another's. */
final class StampedBody implements Body {
  private final byte[] stamp;
  private final Body body;

  StampedBody(byte[] stamp, Body body) {
    this.stamp = stamp;
    this.body = body;
  }

  @Override
  public long size() {
    return stamp.length + body.size();
  }

  @Override
  public boolean eightBit() {
    return body.eightBit();
  }

  @Override
  public InputStream open() throws IOException {
    return new SequenceInputStream(new ByteArrayInputStream(stamp), body.open());
  }

  @Override
  public void close() {
    // The owner of the body closes it.
  }
}
