package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;
import org.mailweir.core.Dispatch.Permitted;

/** Threads that defer, take, poll, cancel and flush at once: each message has one end. */
@Timeout(120)
class BacklogStressTest {
  private static final int THREADS = 8;
  private static final int OPERATIONS = 4_000;
  private static final int DESTINATIONS = 24;

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1_000_000_000L);
  private final PolicyGate<String> gate =
      (PolicyGate<String>)
          DestinationGate.<String>builder()
              .clients(60)
              .maxInFlight(30)
              .maxDestinations(16)
              .probesPerSecond(100)
              .timeSource(clock::get)
              .random(new SplittableRandom(3))
              .build();
  private final GatedBacklog<String, Integer> backlog =
      (GatedBacklog<String, Integer>)
          Backlog.<String, Integer>builder(gate).maxMessages(2_000).build();
  private final AtomicInteger nextId = new AtomicInteger();
  private final ConcurrentHashMap<Integer, String> ends = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Ticket> tickets = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Permit> permits = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Probe<String>> probes = new ConcurrentLinkedQueue<>();
  private final AtomicInteger added = new AtomicInteger();
  private final AtomicInteger cancelled = new AtomicInteger();

  @RepeatedTest(3)
  void everyMessageHasOneEnd() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(THREADS + 2);
    List<Future<?>> actors = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      SplittableRandom random = new SplittableRandom(i);
      actors.add(
          pool.submit(
              () -> {
                for (int n = 0; n < OPERATIONS; n++) {
                  act(random);
                }
                return null;
              }));
    }
    Callable<Void> taker =
        () -> {
          try {
            while (true) {
              end(backlog.take());
            }
          } catch (IllegalStateException closed) {
            return null;
          }
        };
    List<Future<?>> takers = List.of(pool.submit(taker), pool.submit(taker));
    for (Future<?> actor : actors) {
      actor.get(100, TimeUnit.SECONDS);
    }
    backlog.assertConsistent();
    backlog.close();
    for (Future<?> one : takers) {
      one.get(100, TimeUnit.SECONDS);
    }
    pool.shutdown();
    assertThat(backlog.poll()).isEmpty();
    assertThat(ends).hasSize(added.get() - cancelled.get());
    BacklogStats stats = backlog.stats();
    assertThat(stats.pending()).isZero();
    assertThat(stats.destinations()).isZero();
    assertThat(stats.accepted()).isEqualTo(added.get());
    assertThat(stats.permitted()).isPositive();
    assertThat(stats.cancelled()).isEqualTo(cancelled.get());
    backlog.assertConsistent();
    permits.forEach(Permit::close);
    probes.forEach(Probe::close);
    gate.assertConsistent();
    assertThat(gate.stats().inFlight() + gate.stats().detached()).isZero();
  }

  private void end(Dispatch<String, Integer> dispatch) {
    String before = ends.put(dispatch.message(), dispatch.destination());
    if (before != null) {
      throw new AssertionError(dispatch + " came twice");
    }
    if (dispatch instanceof Permitted<String, Integer> permitted) {
      permits.add(permitted.permit());
    }
  }

  private void act(SplittableRandom random) {
    String destination = "d" + random.nextInt(DESTINATIONS) + ".test";
    switch (random.nextInt(12)) {
      case 0, 1, 2 -> {
        try {
          Duration delay = Duration.ofMillis(random.nextInt(200) - 100);
          Duration life = Duration.ofMillis(random.nextInt(5_000));
          int id = nextId.incrementAndGet();
          tickets.add(
              random.nextInt(3) == 0
                  ? backlog.submit(destination, id)
                  : backlog.defer(destination, id, delay, life));
          added.incrementAndGet();
        } catch (RejectedExecutionException full) {
          assertThat(full).hasMessageContaining("full");
        }
      }
      case 3 -> {
        Ticket ticket = tickets.poll();
        if (ticket != null && ticket.cancel()) {
          cancelled.incrementAndGet();
        }
      }
      case 4, 5 -> backlog.poll().ifPresent(this::end);
      case 6, 7, 8 -> {
        Permit permit = permits.poll();
        if (permit != null) {
          permit.ready();
          permit.settle(
              random.nextInt(5) > 0
                  ? Outcome.DELIVERED
                  : Outcome.values()[random.nextInt(Outcome.values().length)]);
        }
      }
      case 9 -> {
        if (random.nextInt(50) == 0) {
          backlog.flush();
        } else {
          backlog.flush(destination);
        }
      }
      case 10 -> {
        if (gate.tryAdmit(destination, Attempt.FRESH) instanceof Permit permit) {
          permits.add(permit);
        }
      }
      default -> {
        long now = clock.addAndGet(random.nextLong(20_000_000));
        gate.advance(now, 100);
        backlog.advance(now, 100);
        gate.pollProbe().ifPresent(probes::add);
        Probe<String> probe = probes.poll();
        if (probe != null) {
          probe.settle(random.nextBoolean() ? Outcome.READY : Outcome.UNREACHABLE, "");
        }
      }
    }
  }
}
