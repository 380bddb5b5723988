package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

/** Eight threads do what they like; at the end nothing is lost or minted. */
@Timeout(120)
class GateStressTest {
  private static final int THREADS = 8;
  private static final int OPERATIONS = 4_000;
  private static final int DESTINATIONS = 24;
  private static final Rate RATE = new Rate(50, Duration.ofSeconds(1), 2);

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1_000_000_000L);
  private final PolicyGate<String> gate =
      (PolicyGate<String>)
          DestinationGate.<String>builder()
              .clients(60)
              .maxInFlight(50)
              .maxDestinations(16)
              .maxDetached(5)
              .maxProbes(4)
              .probesPerSecond(100)
              .rate(to -> to.endsWith("7.test") ? Optional.of(RATE) : Optional.empty())
              .maxBytes(2000)
              .maxBytesPerDestination(to -> to.endsWith("1.test") ? 500 : Long.MAX_VALUE)
              .timeSource(clock::get)
              .random(new SplittableRandom(3))
              .build();

  /** Permits that somebody may settle, or not: threads take each other's. */
  private final ConcurrentLinkedQueue<Permit> permits = new ConcurrentLinkedQueue<>();

  private final ConcurrentLinkedQueue<CompletableFuture<Admission>> answers =
      new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Probe<String>> probes = new ConcurrentLinkedQueue<>();

  @RepeatedTest(3)
  void losesAndMintsNothing() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    CountDownLatch together = new CountDownLatch(THREADS);
    List<Future<?>> done = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      SplittableRandom random = new SplittableRandom(i);
      done.add(
          pool.submit(
              () -> {
                together.countDown();
                together.await();
                for (int n = 0; n < OPERATIONS; n++) {
                  act(random);
                }
                return null;
              }));
    }
    for (Future<?> thread : done) {
      thread.get(100, TimeUnit.SECONDS);
    }
    pool.shutdown();
    gate.close();
    assertThat(answers).allMatch(CompletableFuture::isDone);
    permits.forEach(Permit::close);
    probes.forEach(Probe::close);
    gate.assertConsistent();
    GateStats stats = gate.stats();
    assertThat(stats.clientsHeld() + stats.clientsWaiting() + stats.inFlight()).isZero();
    assertThat(stats.waiting() + stats.detached() + stats.probing()).isZero();
    assertThat(stats.unproven() + stats.failing() + stats.slow()).isZero();
    assertThat(stats.bytesInFlight()).isZero();
    assertThat(stats.settled().values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(stats.admitted())
        .isPositive();
  }

  private void act(SplittableRandom random) throws InterruptedException {
    String destination = "d" + random.nextInt(DESTINATIONS) + ".test";
    Attempt attempt = Attempt.values()[random.nextInt(3)];
    switch (random.nextInt(13)) {
      case 0, 1 -> keep(gate.tryAdmit(destination, attempt));
      case 2, 3 -> keep(gate.admitAsync(destination, attempt, Duration.ofSeconds(30)));
      case 4 -> {
        try (Transaction<String> group = gate.begin(random.nextInt(1000))) {
          keep(group.tryAdmit(destination, attempt));
          keep(group.admitAsync("d0.test", attempt, Duration.ofSeconds(30)));
          keep(group.admitAsync("d1.test", attempt, Duration.ofSeconds(30)));
        }
      }
      case 5, 6, 7 -> {
        Permit permit = permits.poll();
        if (permit != null) {
          permit.ready();
          permit.settle(random.nextInt(4) > 0 ? Outcome.DELIVERED : outcome(random));
          permit.close();
        }
      }
      case 8 -> {
        Permit permit = permits.poll();
        if (permit != null && permit.detach()) {
          permits.add(permit);
        }
      }
      case 9 -> {
        Permit permit = permits.poll();
        if (permit != null) {
          keep(permit.requeue(Duration.ofSeconds(30), "421"));
          permit.close(); // a detached one cannot be requeued, and is still to be settled
        }
      }
      case 10 -> {
        gate.advance(clock.addAndGet(random.nextLong(50_000_000)), 100);
        gate.pollProbe().ifPresent(probes::add);
        Probe<String> probe = probes.poll();
        if (probe != null) {
          probe.settle(random.nextBoolean() ? Outcome.READY : Outcome.UNREACHABLE, "");
        }
      }
      case 11 -> {
        if (random.nextInt(10) == 0) {
          gate.suspend(destination, Duration.ofMillis(100), "stress");
        } else {
          gate.resume(destination);
        }
      }
      default -> {
        CompletableFuture<Admission> answer = answers.poll();
        if (answer != null && !answer.cancel(true)) {
          answers.add(answer);
        }
      }
    }
  }

  private static Outcome outcome(SplittableRandom random) {
    return Outcome.values()[random.nextInt(Outcome.values().length)];
  }

  private void keep(java.util.concurrent.CompletionStage<Admission> stage) {
    CompletableFuture<Admission> answer = stage.toCompletableFuture();
    answers.add(answer);
    answer.thenAccept(this::keep);
  }

  private void keep(Admission admission) {
    if (admission instanceof Permit permit) {
      permits.add(permit);
    }
  }
}
