package org.mailweir.examples.herd;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.mailweir.core.Refusal.Reason;
import org.mailweir.delivery.DeliverySettings;
import org.mailweir.loopback.Arrival;
import org.mailweir.loopback.Letters;
import org.mailweir.loopback.LmtpLoad;
import org.mailweir.loopback.LmtpMessage;
import org.mailweir.loopback.LmtpOutcome;
import org.mailweir.transport.Transport;

/**
 * One run: mail flows for a while, then the herd comes, and the run is cut when its time is over.
 * Everything it starts is gone when it ends.
 */
final class HerdRun {
  private static final Duration STEP = Duration.ofMillis(200);
  private static final Duration HELD = Duration.ofSeconds(1);
  private static final int KNOWN_A_SECOND = 20;
  private static final int UNSEEN_A_SECOND = 4;
  private static final int SLOW_A_SECOND = 2;

  // Nobody lets go of a client before its attempt has ended, and that takes the connect timeout.
  private static final DeliverySettings HOLD_ON =
      new DeliverySettings(
          Duration.ofSeconds(30),
          Duration.ofHours(1),
          Duration.ofHours(1),
          Duration.ofSeconds(280),
          Duration.ofSeconds(540));

  private final Policy policy;
  private final Plan plan;
  private final BiConsumer<Policy, Moment> watcher;
  private final Letters letters = new Letters();
  private final FreshMail fresh = new FreshMail();
  private final List<Moment> moments = new ArrayList<>();
  private final Set<String> herd = ConcurrentHashMap.newKeySet();
  private final AtomicInteger returned = new AtomicInteger();
  private int counted;

  /** Prepares a run; the watcher is shown each moment, five a second. */
  HerdRun(Policy policy, Plan plan, BiConsumer<Policy, Moment> watcher) {
    this.policy = policy;
    this.plan = plan;
    this.watcher = watcher;
  }

  /** Runs it to its end, in the plan's calm and length. */
  RunResult run() throws IOException, InterruptedException {
    try (World world = World.open(plan.deadHosts())) {
      world.sink().onArrival(this::arrived);
      Transport transport = start(world);
      try (LmtpLoad load =
          LmtpLoad.start(
              transport.address(),
              LmtpLoad.Settings.postfix()
                  .clients(plan.clients())
                  .deferredPerSecond(Plan.FLUSHED_PER_SECOND)
                  .retrying(Integer.MAX_VALUE, Plan.RETRY))) {
        watch(world, transport, load);
        return new RunResult(policy, moments, world.peakAtReturned(), twice(world));
      } finally {
        transport.stop(Duration.ZERO);
      }
    }
  }

  private Transport start(World world) throws IOException {
    return policy == Policy.WITH
        ? Transport.start(world.config(plan.clients()))
        : Transport.start(world.config(plan.clients()), new OpenGate<>(), HOLD_ON);
  }

  private void watch(World world, Transport transport, LmtpLoad load)
      throws IOException, InterruptedException {
    AtomicInteger turn = new AtomicInteger();
    AtomicInteger slowTurn = new AtomicInteger();
    List<LmtpMessage> due = herd(world);
    long comes = System.nanoTime() + plan.calm().toNanos();
    long ends = comes + plan.length().toNanos();
    try (LmtpLoad.Pace known =
            load.pace(KNOWN_A_SECOND, () -> toHealthy(world.known(), turn.getAndIncrement()));
        LmtpLoad.Pace unseen =
            load.pace(UNSEEN_A_SECOND, () -> fresh.handIn(letters.fresh(world.unseen())));
        LmtpLoad.Pace slow =
            load.pace(SLOW_A_SECOND, () -> toSlow(world, slowTurn.getAndIncrement()))) {
      boolean come = false;
      boolean back = false;
      for (long now = System.nanoTime(); now - ends < 0; now = System.nanoTime()) {
        if (!come && now - comes >= 0) {
          load.flush(due);
          come = true;
        }
        if (!back && now - comes >= plan.returns().toNanos()) {
          world.comeBack();
          back = true;
        }
        look(transport, load, now, comes);
        pause();
      }
      look(transport, load, System.nanoTime(), comes);
      if (known.sent() + unseen.sent() + slow.sent() == 0) {
        throw new IllegalStateException("no mail was sent");
      }
    }
  }

  private List<LmtpMessage> herd(World world) {
    List<LmtpMessage> all = new ArrayList<>(letters.herd(plan.messages(), world.dead()));
    int each = plan.messages() / plan.forReturning();
    IntStream.range(0, plan.forReturning())
        .forEach(i -> all.set(i * each, letters.old(World.RETURNING)));
    all.forEach(message -> herd.add(message.recipients().get(0)));
    return Collections.unmodifiableList(all);
  }

  private LmtpMessage toHealthy(List<String> known, int turn) {
    return fresh.handIn(letters.fresh(known.get(turn % known.size())));
  }

  private LmtpMessage toSlow(World world, int turn) {
    return letters.fresh(world.slow().get(turn % world.slow().size()));
  }

  private void arrived(Arrival arrival) {
    fresh.arrived(arrival);
    if (arrival.recipients().get(0).endsWith("@" + World.RETURNING)) {
      returned.incrementAndGet();
    }
  }

  private void look(Transport transport, LmtpLoad load, long now, long comes) {
    for (LmtpOutcome outcome : load.outcomesAfter(counted)) {
      counted++;
      herd.remove(outcome.message().recipients().get(0));
    }
    boolean calm = now - comes < 0;
    Moment moment =
        new Moment(
            (now - comes) / 1e9,
            fresh.since(calm ? comes - plan.calm().toNanos() : comes),
            load.heldLongerThan(HELD),
            plan.messages() - herd.size(),
            returned.get(),
            refused(transport));
    moments.add(moment);
    watcher.accept(policy, moment);
  }

  private static Map<Reason, Long> refused(Transport transport) {
    Map<Reason, Long> refused = new TreeMap<>();
    transport
        .gate()
        .stats()
        .refused()
        .forEach(
            (reason, count) -> {
              if (count > 0) {
                refused.put(reason, count);
              }
            });
    return refused;
  }

  private static long twice(World world) {
    return world.sink().byRecipient().values().stream().filter(all -> all.size() > 1).count();
  }

  private static void pause() throws InterruptedException {
    LockSupport.parkNanos(STEP.toNanos());
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }
}
