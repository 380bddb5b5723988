package org.mailweir.lmtp;

import java.io.IOException;
import java.net.Socket;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.mailweir.message.Body;
import org.mailweir.message.BodyStore;
import org.mailweir.message.BodyWriter;
import org.mailweir.message.Reply;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives the engine over one socket, on one thread that blocks.
 *
 * <p>Thread safety: {@link #stop}, {@link #close} and {@link #closeIfStuck} may be called by any
 * thread.
 */
final class LmtpConnection implements Runnable, MailTransaction.Client {
  private static final Logger log = LoggerFactory.getLogger(LmtpConnection.class);
  private static final long LOOK_NANOS = 1_000_000;

  private final LmtpTimeouts timeouts;
  private final BodyStore bodies;
  private final Wire wire;
  private final LmtpEngine engine;
  private final Interruption interruption = new Interruption();
  private final GuardedTransaction transaction;
  private volatile boolean waiting;
  private long commandDeadline;

  /** Room for the body that is about to come; empty until some is asked for. */
  private OptionalLong reserved = OptionalLong.empty();

  private @Nullable BodyWriter writer;
  private @Nullable BodyClock bodyClock;

  LmtpConnection(
      Socket socket,
      LmtpSettings settings,
      BodyStore bodies,
      MailTransaction.Factory factory,
      TransactionCount count)
      throws IOException {
    this.timeouts = settings.timeouts();
    this.bodies = bodies;
    this.wire = new Wire(socket, timeouts.write());
    this.engine = new LmtpEngine(settings, socket.getInetAddress());
    this.transaction = new GuardedTransaction(factory, count, interruption, this);
  }

  @Override
  public void run() {
    try {
      talk();
    } catch (IOException lost) {
      log.debug("A client's connection was lost: {}", lost.toString());
    } catch (RuntimeException | Error failure) {
      log.error("A connection failed; it is closed.", failure);
    } finally {
      endTransaction();
      wire.close();
    }
  }

  @Override
  public boolean gone() {
    if (wire.isLost()) {
      return true;
    }
    boolean interrupted = interruption.mask();
    try {
      return wire.read(engine.input(), System.nanoTime() + LOOK_NANOS) < 0;
    } catch (IOException lost) {
      return true;
    } finally {
      interruption.unmask(interrupted);
    }
  }

  /**
   * Interrupts a running transaction, whose recipients then get 451; no other may run. Hangs up on
   * a client that is waited for.
   */
  void stop() throws InterruptedException {
    if (!interruption.stop() || waiting) {
      wire.close();
    }
  }

  void close() {
    wire.close();
  }

  void closeIfStuck(long now) {
    if (wire.isStuck(now)) {
      log.warn("A client takes no replies; its connection is closed.");
      wire.close();
    }
  }

  private void talk() throws IOException {
    while (true) {
      LmtpEvent event = engine.next();
      if (event instanceof LmtpEvent.NeedInput need) {
        flush();
        waiting = true;
        // Read after the write above, as stop() writes and reads the other way round: one of the
        // two
        // sees the other.
        if (interruption.isStopped() || !awaitInput(need.soon())) {
          return;
        }
        waiting = false;
      } else if (event instanceof LmtpEvent.Flush) {
        flush();
      } else if (event instanceof LmtpEvent.Admit admit) {
        flush();
        engine.admitted(admit(admit));
      } else if (event instanceof LmtpEvent.ReceiveBody) {
        receiveBody();
      } else if (event instanceof LmtpEvent.Deliver) {
        deliver();
      } else if (event instanceof LmtpEvent.Abandon) {
        endTransaction();
      } else {
        flush();
        wire.hangUp();
        return;
      }
    }
  }

  /** Waits for input or for the end of patience; returns false if the client has gone. */
  private boolean awaitInput(boolean soon) throws IOException {
    while (true) {
      long now = System.nanoTime();
      BodyClock clock = bodyClock;
      long deadline = soon ? earlier(now + timeouts.batch().toNanos()) : commandDeadline;
      if (clock != null) {
        if (clock.becomesLate(now)) {
          transaction.bodyLate();
        }
        deadline = clock.nextLook();
      }
      if (clock == null ? deadline - now <= 0 : clock.isOver(now)) {
        engine.timedOut();
        return true;
      }
      int count = wire.read(engine.input(), deadline);
      if (count < 0) {
        return false;
      }
      if (count > 0) {
        if (clock != null) {
          clock.bytesCame(System.nanoTime());
        }
        return true;
      }
      if (soon) {
        engine.nothingCame();
        return true;
      }
    }
  }

  private long earlier(long time) {
    return time - commandDeadline < 0 ? time : commandDeadline;
  }

  private List<Reply> admit(LmtpEvent.Admit admit) {
    if (reserved.isEmpty()) {
      reserved = bodies.reserve(admit.sender().declaredSize());
    }
    return reserved.isPresent()
        ? transaction.admit(admit)
        : Collections.nCopies(admit.recipients().size(), Replies.NO_ROOM);
  }

  private void receiveBody() throws IOException {
    BodyWriter fresh = bodies.newBody(reserved.orElse(0));
    reserved = OptionalLong.of(0);
    writer = fresh;
    engine.receiveInto(fresh);
    flush();
    bodyClock = new BodyClock(timeouts, System.nanoTime());
  }

  private void deliver() throws IOException {
    BodyWriter written = writer;
    if (written == null) {
      throw new IllegalStateException("delivery without a body");
    }
    bodyClock = null;
    try (Body body = written.finish()) {
      // Closed in the order of the contract: the transaction, then its body.
      try {
        flush();
        engine.deliveryEnded(transaction.deliver(body, this::answer));
        flush();
      } finally {
        endTransaction();
      }
    }
  }

  /** Sends a recipient's reply at once. A client that is lost shows at the next {@link #gone}. */
  private void answer(Reply reply) {
    engine.delivered(reply);
    boolean interrupted = interruption.mask();
    try {
      if (!wire.isLost()) {
        flush();
      }
    } catch (IOException lost) {
      log.debug("A client's connection was lost: {}", lost.toString());
    } finally {
      interruption.unmask(interrupted);
    }
  }

  private void endTransaction() {
    transaction.end();
    BodyWriter written = writer;
    if (written != null) {
      written.close();
    }
    bodies.giveBack(reserved.orElse(0));
    reserved = OptionalLong.empty();
    writer = null;
    bodyClock = null;
  }

  private void flush() throws IOException {
    byte[] replies = engine.takeOutput();
    if (replies.length > 0) {
      wire.write(replies);
      // A reply means that a command was completed: the client's time begins anew.
      commandDeadline = System.nanoTime() + timeouts.idle().toNanos();
    }
  }
}
