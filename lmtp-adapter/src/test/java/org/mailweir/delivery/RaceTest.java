package org.mailweir.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mailweir.delivery.FakeRemotes.lost;
import static org.mailweir.delivery.FakeRemotes.result;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.core.DestinationGate;
import org.mailweir.lmtp.MailTransaction;
import org.mailweir.message.Body;
import org.mailweir.message.Destination;
import org.mailweir.message.Recipient;
import org.mailweir.message.Reply;
import org.mailweir.message.Sender;
import org.mailweir.recall.RefusedMail;
import org.mailweir.site.Sites;
import org.mailweir.smtp.ConnectFailure;
import org.mailweir.smtp.SmtpConnection;
import org.mailweir.smtp.SmtpConnector;
import org.mailweir.smtp.SmtpResult.Stage;
import org.mailweir.thread.TaskThreads;

/** Real threads and a real clock: ready against detach, the dot against a client that leaves. */
@Timeout(60)
class RaceTest {
  private static final int THREADS = 6;
  private static final int MESSAGES = 250;
  private static final Duration HOLD = Duration.ofMillis(1);

  private final DestinationGate<Destination> gate =
      DestinationGate.<Destination>builder().clients(1000).maxDetached(20).build();
  private final Remotes remotes = new Remotes();
  private final ExecutorService tasks = TaskThreads.newExecutor("race");
  private final DeliverySettings settings =
      new DeliverySettings(
          Duration.ofSeconds(5), HOLD, HOLD, Duration.ofSeconds(10), Duration.ofSeconds(20));
  private final DeliveryFactory factory =
      new DeliveryFactory(
          gate,
          Sites.apart(),
          remotes,
          RefusedMail.forgotten(),
          tasks,
          System::nanoTime,
          Clock.systemUTC(),
          settings);
  private final AtomicInteger names = new AtomicInteger();
  private final LongAdder delivered = new LongAdder();
  private final Set<String> deferred = ConcurrentHashMap.newKeySet();

  @Test
  void tellsEachRecipientTheTruthAndLosesNoPermit() throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(THREADS);
    List<Future<?>> ends = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      SplittableRandom random = new SplittableRandom(i);
      ends.add(clients.submit(() -> sendMany(random)));
    }
    for (Future<?> end : ends) {
      end.get(50, TimeUnit.SECONDS);
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> factory.counts().equals(new DeliveryCounts(0, 0, 0, 0)));
    assertThat(gate.stats().clientsHeld()).isZero();
    assertThat(gate.stats().detached()).isZero();
    assertThat(gate.stats().settled().values().stream().mapToLong(n -> n).sum())
        .isEqualTo(gate.stats().admitted());
    assertThat(remotes.open).hasValue(0);
    assertThat(delivered.sum()).as("delivered").isPositive();
    assertThat(deferred).as("detached or failed").isNotEmpty();
    assertThat(remotes.dots).as("sent though deferred").doesNotContainAnyElementsOf(deferred);
    clients.shutdown();
    tasks.shutdown();
  }

  private Void sendMany(SplittableRandom random) throws InterruptedException {
    for (int i = 0; i < MESSAGES; i++) {
      gate.advance(System.nanoTime(), 1000);
      sendOne(random);
    }
    return null;
  }

  private void sendOne(SplittableRandom random) throws InterruptedException {
    List<Recipient> recipients = new ArrayList<>();
    for (int k = 0; k < 3; k++) {
      String domain = "d" + names.incrementAndGet() + ".test";
      recipients.add(new Recipient("u@" + domain, new Destination(domain)));
    }
    List<Reply> replies = new ArrayList<>();
    boolean late = random.nextInt(8) == 0;
    boolean broken = random.nextInt(8) == 0;
    try (MailTransaction transaction =
        factory.begin(new Sender("", -1, false, false), World.origin(Optional.empty()))) {
      assertThat(World.codes(transaction.admit(recipients, () -> false))).containsOnly(250);
      if (late) {
        transaction.bodyLate();
      }
      transaction.deliver(
          World.emptyBody(),
          reply -> {
            replies.add(reply);
            if (broken) {
              throw new IllegalStateException("broken pipe");
            }
          },
          () -> false);
    } catch (IllegalStateException brokenPipe) {
      assertThat(broken).isTrue();
    }
    for (int k = 0; k < replies.size(); k++) {
      boolean taken = replies.get(k).isPositive();
      assertThat(remotes.dots.contains(recipients.get(k).address())).isEqualTo(taken);
      if (taken) {
        delivered.increment();
      } else {
        deferred.add(recipients.get(k).address());
      }
    }
  }

  /** Takes about as long to be ready as a client is held. */
  private static final class Remotes implements SmtpConnector {
    final ConcurrentHashMap.KeySetView<String, Boolean> dots = ConcurrentHashMap.newKeySet();
    final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger seed = new AtomicInteger();

    @Override
    public SmtpConnection connect(Destination destination, ConnectObserver observer)
        throws ConnectFailure {
      SplittableRandom random = new SplittableRandom(seed.incrementAndGet());
      observer.abortWith(() -> {});
      long nanos = HOLD.toNanos();
      LockSupport.parkNanos(random.nextLong(nanos));
      observer.connected();
      LockSupport.parkNanos(random.nextLong(nanos));
      if (random.nextInt(10) == 0) {
        throw new ConnectFailure(
            ConnectFailure.Kind.UNREACHABLE, new Reply(451, "4.4.1", "mx: dead"));
      }
      open.incrementAndGet();
      return new Connection();
    }

    @Override
    public void probe(Destination destination) {
      throw new AssertionError("not used");
    }

    private final class Connection implements SmtpConnection {
      private final AtomicInteger ends = new AtomicInteger();

      @Override
      public String peer() {
        return "mx[192.0.2.1]:25";
      }

      @Override
      public void send(
          Sender sender, List<Recipient> to, Body body, long deadlineNanos, Results results) {
        boolean finish = results.mayFinish();
        for (int i = 0; i < to.size(); i++) {
          if (finish && !dots.add(to.get(i).address())) {
            throw new AssertionError("sent twice");
          }
          results.recipient(
              i, finish ? result(Stage.DOT, 250, "2.0.0", "taken") : lost(Stage.DATA));
        }
      }

      @Override
      public void release() {
        if (ends.getAndIncrement() == 0) {
          open.decrementAndGet();
        }
      }

      @Override
      public void abort() {
        release();
      }
    }
  }
}
