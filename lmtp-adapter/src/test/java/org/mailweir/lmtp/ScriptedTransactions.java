package org.mailweir.lmtp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.mailweir.message.Body;
import org.mailweir.message.Recipient;
import org.mailweir.message.Reply;
import org.mailweir.message.Sender;

/** Transactions that do what a test says, and count what was called. */
final class ScriptedTransactions implements MailTransaction.Factory {
  static final Reply OK = new Reply(250, "2.1.5", "Ok");

  /** Answers recipients. */
  interface Admission {
    List<Reply> admit(List<Recipient> recipients, MailTransaction.Client client)
        throws InterruptedException;
  }

  /** Delivers. */
  interface Delivery {
    void deliver(int recipients, Consumer<Reply> replies, MailTransaction.Client client)
        throws InterruptedException;
  }

  volatile Admission admission =
      (recipients, client) -> recipients.stream().map(recipient -> OK).toList();
  volatile Delivery delivery =
      (recipients, replies, client) -> {
        for (int i = 0; i < recipients; i++) {
          replies.accept(OK);
        }
      };
  volatile Runnable late = () -> {};
  volatile Runnable closing = () -> {};
  final AtomicInteger begun = new AtomicInteger();
  final AtomicInteger closed = new AtomicInteger();
  final AtomicInteger closedTwice = new AtomicInteger();
  final AtomicInteger lateCalls = new AtomicInteger();
  final ConcurrentLinkedQueue<Origin> origins = new ConcurrentLinkedQueue<>();
  final ConcurrentLinkedQueue<byte[]> bodies = new ConcurrentLinkedQueue<>();

  @Override
  public MailTransaction begin(Sender sender, Origin origin) {
    origins.add(origin);
    begun.incrementAndGet();
    return new Transaction();
  }

  private final class Transaction implements MailTransaction {
    private int accepted;
    private boolean ended;

    @Override
    public List<Reply> admit(List<Recipient> recipients, Client client)
        throws InterruptedException {
      List<Reply> replies = admission.admit(recipients, client);
      accepted += (int) replies.stream().filter(Reply::isPositive).count();
      return replies;
    }

    @Override
    public void bodyLate() {
      lateCalls.incrementAndGet();
      late.run();
    }

    @Override
    public void deliver(Body body, Consumer<Reply> replies, Client client)
        throws InterruptedException {
      try {
        bodies.add(body.open().readAllBytes());
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
      delivery.deliver(accepted, replies, client);
    }

    @Override
    public void close() {
      (ended ? closedTwice : closed).incrementAndGet();
      ended = true;
      closing.run();
    }
  }
}
