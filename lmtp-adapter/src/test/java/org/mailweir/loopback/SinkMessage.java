package org.mailweir.loopback;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.io.ByteArrayOutputStream;
import java.util.Optional;

/**
 * Reads the content of one message: undoes dot-stuffing, finds the final dot (CRLF.CRLF and nothing
 * else), and hashes. Content up to a limit is kept.
 */
final class SinkMessage {
  private static final int CHUNK = 64 << 10;

  private enum State {
    LINE_START,
    IN_LINE,
    AFTER_CR,
    AFTER_DOT,
    AFTER_DOT_CR,
    DONE
  }

  private final Hasher hasher = Hashing.sha256().newHasher();
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream(2048);
  private final int keep;
  private State state = State.LINE_START;
  private long hashed;
  private boolean bareCr;
  private boolean bareLf;
  private boolean eightBit;

  SinkMessage(int keep) {
    this.keep = keep;
  }

  /** Reads up to the final dot; returns the index behind the last byte that was used. */
  int read(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to && state != State.DONE) {
      read(bytes[i++]);
    }
    if (pending.size() > Math.max(keep, CHUNK)) {
      flush();
    }
    return i;
  }

  boolean done() {
    return state == State.DONE;
  }

  boolean bareCr() {
    return bareCr;
  }

  boolean bareLf() {
    return bareLf;
  }

  boolean eightBit() {
    return eightBit;
  }

  long size() {
    return hashed + pending.size();
  }

  /** Returns the content if it was kept. Ask before {@link #sha256}, which lets it go. */
  Optional<Arrival.Content> content() {
    return hashed == 0 && pending.size() <= keep
        ? Optional.of(new Arrival.Content(pending.toByteArray()))
        : Optional.empty();
  }

  HashCode sha256() {
    flush();
    return hasher.hash();
  }

  private void read(byte b) {
    switch (state) {
      case LINE_START -> {
        if (b == '.') {
          state = State.AFTER_DOT; // stuffing or the end: not part of the content either way
        } else {
          inLine(b);
        }
      }
      case AFTER_DOT -> {
        if (b == '\r') {
          state = State.AFTER_DOT_CR;
        } else {
          inLine(b);
        }
      }
      case AFTER_DOT_CR -> {
        if (b == '\n') {
          state = State.DONE;
        } else {
          put('\r');
          bareCr = true;
          inLine(b);
        }
      }
      case AFTER_CR -> {
        put('\r');
        if (b == '\n') {
          put('\n');
          state = State.LINE_START;
        } else {
          bareCr = true;
          inLine(b);
        }
      }
      default -> inLine(b);
    }
  }

  private void inLine(byte b) {
    if (b == '\r') {
      state = State.AFTER_CR;
      return;
    }
    bareLf |= b == '\n';
    eightBit |= b < 0;
    state = State.IN_LINE;
    put(b);
  }

  private void put(int b) {
    pending.write(b);
  }

  private void flush() {
    hashed += pending.size();
    hasher.putBytes(pending.toByteArray());
    pending.reset();
  }
}
