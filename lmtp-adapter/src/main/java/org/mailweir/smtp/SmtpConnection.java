package org.mailweir.smtp;

import java.util.List;
import org.mailweir.message.Body;
import org.mailweir.message.Recipient;
import org.mailweir.message.Sender;

/** A connection that is ready for MAIL. Used by one thread at a time, but for {@link #abort}. */
public interface SmtpConnection {
  /** Names the peer for replies and logs: {@code mx.example.org[192.0.2.1]:25}. */
  String peer();

  /** Says how it is encrypted: {@code TLSv1.3/verify}; empty where it is in plain text. */
  default String tls() {
    return "";
  }

  /**
   * Sends one message and reports a result for every recipient, each exactly once, as soon as it is
   * known. Returns when all are reported; throws nothing but {@code InterruptedException}: failures
   * are results too. Afterwards the connection is {@linkplain #release released} or {@linkplain
   * #abort aborted} by the caller.
   *
   * @param deadlineNanos reading of {@code System.nanoTime()} at which an unfinished transmission
   *     is given up
   */
  void send(
      Sender sender, List<Recipient> recipients, Body body, long deadlineNanos, Results results)
      throws InterruptedException;

  /** Gives the connection back, for reuse where that is possible, else to be closed with QUIT. */
  void release();

  /** Closes the connection at once. May be called by any thread; later calls change nothing. */
  void abort();

  /** Receives what becomes of one message. Calls come from the thread inside {@code send}. */
  interface Results {
    /**
     * Asks for leave to write the final dot: past it the message may have been taken. Called at
     * most once, right before; after a {@code false} nothing more is sent and the connection is
     * closed.
     */
    boolean mayFinish();

    /**
     * Gives that leave back: the host has the whole message, and has said that it took it for
     * nobody. The message may be given up again, and the leave be asked for once more.
     */
    default void notTaken() {}

    /** Reports the result of the recipient with this index. */
    void recipient(int index, SmtpResult result);
  }
}
