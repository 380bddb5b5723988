package org.mailweir.lmtp;

import java.util.List;
import java.util.function.Consumer;
import org.mailweir.message.Body;
import org.mailweir.message.Recipient;
import org.mailweir.message.Reply;
import org.mailweir.message.Sender;

/**
 * What the server hands one message to. All calls come from the thread of one connection, in this
 * order: {@link #admit} one or more times, {@link #bodyLate} at most once, {@link #deliver} at most
 * once, {@link #close} once.
 */
public interface MailTransaction extends AutoCloseable {
  /**
   * Answers recipients that arrived together, one reply each, in their order. May block.
   *
   * @param client tells whether the client is still there; ask at least once a second while
   *     blocking
   */
  List<Reply> admit(List<Recipient> recipients, Client client) throws InterruptedException;

  /** Tells that the body has not arrived within a second of 354: let go what others could use. */
  void bodyLate();

  /**
   * Delivers to the accepted recipients and hands one reply for each to {@code replies}, in the
   * order in which they were accepted, each as soon as it and those before it are known. May block.
   *
   * <p>A client that speaks SMTP gets one of them for all: the first transient one, else the first
   * permanent one, else the first. It can be told the truth only if all are alike.
   *
   * @param body stays the caller's, who closes it after {@link #close}
   */
  void deliver(Body body, Consumer<Reply> replies, Client client) throws InterruptedException;

  /** Ends the transaction: waiting is cancelled, unfinished deliveries that can be aborted are. */
  @Override
  void close();

  /** The other end of the connection. */
  interface Client {
    /** Returns whether the client has closed its end. Costs a millisecond; same thread only. */
    boolean gone();
  }

  /** Begins transactions. */
  interface Factory {
    /** Begins a transaction. Never blocks. */
    MailTransaction begin(Sender sender, Origin origin);
  }
}
