package org.mailweir.mxdeliv;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.mailweir.message.Body;
import org.mailweir.message.Destination;
import org.mailweir.message.Recipient;
import org.mailweir.message.Reply;
import org.mailweir.message.Sender;
import org.mailweir.smtp.ConnectFailure;
import org.mailweir.smtp.ConnectFailure.Kind;
import org.mailweir.smtp.SmtpConnection;
import org.mailweir.smtp.SmtpConnector;
import org.mailweir.smtp.SmtpResult;
import org.mailweir.smtp.SmtpResult.Stage;

/** SMTP that takes everything, cannot be reached, or hangs until it is aborted. */
final class FakeSmtp implements SmtpConnector {
  static final ConnectFailure UNREACHABLE =
      new ConnectFailure(Kind.UNREACHABLE, new Reply(451, "4.4.1", "connect timed out"));
  private static final ConnectFailure ABORTED =
      new ConnectFailure(Kind.ABORTED, new Reply(451, "4.4.1", "given up"));

  /** What becomes of an attempt: completed with false it cannot be reached. */
  volatile CompletableFuture<Boolean> reachable = CompletableFuture.completedFuture(true);

  volatile Reply reply = new Reply(250, "2.0.0", "Ok");
  final List<String> messages = new CopyOnWriteArrayList<>();
  final AtomicInteger attempts = new AtomicInteger();
  final AtomicInteger aborted = new AtomicInteger();
  final AtomicInteger probes = new AtomicInteger();

  @Override
  public SmtpConnection connect(Destination destination, ConnectObserver observer)
      throws ConnectFailure, InterruptedException {
    attempts.incrementAndGet();
    CompletableFuture<Boolean> mine = reachable.copy();
    observer.abortWith(
        () -> {
          if (mine.completeExceptionally(ABORTED)) {
            aborted.incrementAndGet();
          }
        });
    await(mine);
    observer.connected();
    return new Connection();
  }

  @Override
  public void probe(Destination destination) throws ConnectFailure, InterruptedException {
    probes.incrementAndGet();
    await(reachable);
  }

  private static void await(CompletableFuture<Boolean> reached)
      throws ConnectFailure, InterruptedException {
    try {
      if (!reached.get()) {
        throw UNREACHABLE;
      }
    } catch (ExecutionException ended) {
      throw ABORTED;
    }
  }

  private final class Connection implements SmtpConnection {
    @Override
    public String peer() {
      return "smtp";
    }

    @Override
    public void send(
        Sender sender, List<Recipient> recipients, Body body, long deadlineNanos, Results results) {
      boolean leave = results.mayFinish();
      try (java.io.InputStream in = body.open()) {
        messages.add(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
      } catch (IOException impossible) {
        throw new AssertionError(impossible);
      }
      for (int i = 0; i < recipients.size(); i++) {
        results.recipient(i, new SmtpResult(Stage.DOT, leave, reply, false, false));
      }
    }

    @Override
    public void release() {}

    @Override
    public void abort() {}
  }
}
