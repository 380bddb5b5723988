package org.mailweir.smtp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.mailweir.core.TimeSource;
import org.mailweir.message.Destination;
import org.mailweir.tls.TlsPolicy;

/**
 * A conversation that has come to the point where MAIL may be sent, and what is known of it.
 *
 * <p>Thread safety: one thread at a time; {@link #abort} by any thread.
 */
final class Session {
  /** RSET and QUIT are courtesies: nobody is made to wait for them. */
  private static final Duration COURTESY = Duration.ofSeconds(5);

  private static final Duration QUIT = Duration.ofSeconds(1);

  /** What may be done next. */
  private enum State {
    /** MAIL may be sent. */
    CLEAN,
    /** A transaction was given up: RSET first. */
    DIRTY,
    /** Nothing may be sent any more. */
    BROKEN
  }

  private final Wire wire;
  private final Destination destination;
  private final TlsPolicy tls;
  private final Peer peer;
  private final Capabilities capabilities;
  private final TimeSource clock;
  private final long since;
  private int messages;
  private boolean reused;
  private long idleSince;
  private State state = State.CLEAN;

  /**
   * Creates a session that is ready.
   *
   * @param destination for whose mail it was made
   * @param tls what was asked of it
   */
  Session(
      Wire wire,
      Destination destination,
      TlsPolicy tls,
      Peer peer,
      Capabilities capabilities,
      TimeSource clock) {
    this.wire = wire;
    this.destination = destination;
    this.tls = tls;
    this.peer = peer;
    this.capabilities = capabilities;
    this.clock = clock;
    since = clock.nanoTime();
  }

  Wire wire() {
    return wire;
  }

  Peer peer() {
    return peer;
  }

  Destination destination() {
    return destination;
  }

  TlsPolicy tls() {
    return tls;
  }

  Capabilities capabilities() {
    return capabilities;
  }

  /** Returns whether it lay idle before: the peer may have left since. */
  boolean isReused() {
    return reused;
  }

  /** Returns messages begun so far. */
  int messages() {
    return messages;
  }

  /** Returns nanoseconds since it was ready. */
  long age() {
    return clock.nanoTime() - since;
  }

  /** Notes that MAIL is about to be sent: from here on RSET is needed, unless it ends well. */
  void beginMessage() {
    messages++;
    state = State.DIRTY;
  }

  /** Notes that the message has had its final reply. */
  void endMessage() {
    state = State.CLEAN;
  }

  /** Notes that it lies idle from now on. */
  void rest() {
    idleSince = clock.nanoTime();
  }

  /** Returns nanoseconds since it began to lie idle. */
  long idleTime() {
    return clock.nanoTime() - idleSince;
  }

  /** Notes that it lay idle. */
  void reuse() {
    reused = true;
  }

  /** Asks with RSET whether the peer is still there, and returns whether it is. */
  boolean check() throws InterruptedException {
    state = State.DIRTY;
    return restore();
  }

  /** Notes that the order of commands and replies is lost; it is closed at once. */
  void breakOff() {
    state = State.BROKEN;
    wire.abort();
  }

  /** Makes it ready for MAIL again, with RSET if need be, and returns whether it is. */
  boolean restore() throws InterruptedException {
    if (state == State.DIRTY) {
      try {
        long deadline = clock.nanoTime() + COURTESY.toNanos();
        write("RSET", deadline);
        state = wire.read(deadline).code() == 250 ? State.CLEAN : State.BROKEN;
      } catch (IOException gone) {
        state = State.BROKEN;
      }
    }
    return state == State.CLEAN && wire.isOpen();
  }

  /**
   * Says QUIT, without waiting for the answer, as Postfix does, and closes it. Hardly ever blocks.
   */
  void quit() {
    try {
      if (state != State.BROKEN && wire.isOpen()) {
        write("QUIT", clock.nanoTime() + QUIT.toNanos());
      }
    } catch (IOException gone) {
      // It was to be closed anyway.
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      abort();
    }
  }

  void abort() {
    wire.abort();
  }

  private void write(String command, long deadline) throws IOException, InterruptedException {
    byte[] line = (command + "\r\n").getBytes(StandardCharsets.US_ASCII);
    wire.write(line, line.length, deadline);
  }
}
