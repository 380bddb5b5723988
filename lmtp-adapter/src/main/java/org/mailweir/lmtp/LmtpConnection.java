package org.mailweir.lmtp;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.Socket;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
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
 * Drives the engine over one socket, on one thread that blocks. Between two transactions it may
 * wait without a thread, see {@link IdleClients}.
 *
 * <p>Thread safety: {@link #stop}, {@link #close}, {@link #isClosed} and {@link #closeIfStuck} may
 * be called by any thread.
 */
final class LmtpConnection implements MailTransaction.Client {
  private static final Logger log = LoggerFactory.getLogger(LmtpConnection.class);
  private static final long LOOK_NANOS = 1_000_000;

  /** A client that says nothing for that long may wait without a thread. */
  private static final long MOMENT_NANOS = 20_000_000;

  private final LmtpTimeouts timeouts;
  private final BodyStore bodies;
  private final Wire wire;
  private final boolean mayRest;
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
      TransactionCount count,
      boolean mayRest)
      throws IOException {
    this.timeouts = settings.timeouts();
    this.bodies = bodies;
    this.wire = new Wire(socket, timeouts.write());
    this.mayRest = mayRest && socket.getChannel() != null;
    this.engine = new LmtpEngine(settings, socket.getInetAddress());
    this.transaction = new GuardedTransaction(factory, count, interruption, this);
  }

  /**
   * Talks with the client until the end, or until it has nothing to say for now.
   *
   * @return whether it is to go on, with {@link #park}
   */
  boolean run() {
    boolean rests = false;
    try {
      rests = talk();
    } catch (IOException lost) {
      log.debug("A client's connection was lost: {}", lost.toString());
    } catch (RuntimeException | Error failure) {
      log.error("A connection failed; it is closed.", failure);
    } finally {
      if (!rests) {
        endTransaction();
        wire.close();
      }
    }
    return rests;
  }

  /** Lets a selector wait for input; the connection is the caller's until {@link #unpark}. */
  void park(Selector selector) throws IOException {
    SocketChannel channel = requireNonNull(wire.channel());
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ, this);
  }

  /** Returns the key under which a selector waits for it, if it does. */
  @Nullable SelectionKey key(Selector selector) {
    return requireNonNull(wire.channel()).keyFor(selector);
  }

  /** Makes the socket ready for {@link #run} again; its key is cancelled. */
  void unpark() throws IOException {
    requireNonNull(wire.channel()).configureBlocking(true);
  }

  boolean isClosed() {
    return wire.isClosed();
  }

  /** Returns whether the client is waited for no longer; while it is parked. */
  boolean isOverdue(long now) {
    return commandDeadline - now <= 0;
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

  /** Returns whether the client is to be waited for without a thread. */
  private boolean talk() throws IOException {
    while (true) {
      LmtpEvent event = engine.next();
      if (event instanceof LmtpEvent.NeedInput need) {
        flush();
        waiting = true;
        // Read after the write above, as stop() writes and reads the other way round: one of the
        // two
        // sees the other.
        if (interruption.isStopped()) {
          return false;
        }
        Wait ended = awaitInput(need.soon());
        if (ended != Wait.OVER) {
          return ended == Wait.LONG;
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
        return false;
      }
    }
  }

  /** How a wait for input has ended. */
  private enum Wait {
    /** There is something to do. */
    OVER,
    /** Not yet, and it may take long. */
    LONG,
    /** The client has gone. */
    GONE
  }

  /** Waits for input or for the end of patience. */
  private Wait awaitInput(boolean soon) throws IOException {
    boolean rests = mayRest && engine.isIdle();
    while (true) {
      long now = System.nanoTime();
      BodyClock clock = bodyClock;
      long deadline = commandDeadline;
      if (soon) {
        deadline = earlier(now + timeouts.batch().toNanos());
      } else if (rests) {
        deadline = earlier(now + MOMENT_NANOS);
      }
      if (clock != null) {
        if (clock.becomesLate(now)) {
          transaction.bodyLate();
        }
        deadline = clock.nextLook();
      }
      if (clock == null ? deadline - now <= 0 : clock.isOver(now)) {
        engine.timedOut();
        return Wait.OVER;
      }
      int count = wire.read(engine.input(), deadline);
      if (count < 0) {
        return Wait.GONE;
      }
      if (count > 0) {
        if (clock != null) {
          clock.bytesCame(System.nanoTime());
        }
        return Wait.OVER;
      }
      if (soon) {
        engine.nothingCame();
        return Wait.OVER;
      }
      if (rests && !isOverdue(System.nanoTime())) {
        engine.rest();
        return Wait.LONG;
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
