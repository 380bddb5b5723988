package org.mailweir.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.mailweir.core.DestinationMemory.HandSuspension;
import org.mailweir.core.DestinationMemory.Suspension;
import org.mailweir.core.Refusal.Reason;

/**
 * Takes down what the gate knows of its destinations, and lets another gate begin with it.
 *
 * <p><b>What is restored</b> is what the gate itself would still believe after the time that has
 * passed: a suspension that was not probed for an hour is none any more, and its destination is
 * unproven; it is probed soon if there was mail for it within two hours, and forgotten if not. A
 * window is that of the last deliveries for ten minutes, then that of a live site.
 *
 * <p><b>Probes</b> keep their times. Those that came due meanwhile are spread evenly over what the
 * budget needs for all suspended sites, so that what is told with a refusal is true: due at once
 * they would stand in line for the budget.
 *
 * <p><b>A local outage</b> begins with silence: it counts from now.
 *
 * <p>Thread safety: none but where said; the gate's lock guards it.
 */
final class Memories<D> {
  /** Sites that are taken down while the lock is held once: some 20 microseconds. */
  private static final int AT_ONCE = 100;

  private static final int DONE = 0;

  /** Ages beyond are taken for that: no reading may wrap. */
  private static final Duration AGES = Duration.ofDays(3650);

  /** Counts beyond are taken for that: they are counted on, and no count may wrap. */
  private static final int MANY = 1_000_000;

  private final PolicyGate<D> gate;
  private final LongSupplier time;
  private final Probes<D> probes;
  private final LocalOutage<D> outage;

  Memories(PolicyGate<D> gate, LongSupplier time, Probes<D> probes, LocalOutage<D> outage) {
    this.gate = gate;
    this.time = time;
    this.probes = probes;
    this.outage = outage;
  }

  // -- taken down

  /**
   * Returns what is known, the one unused for longest first. Thread safety: takes the lock itself,
   * over and over, to hold up nobody.
   */
  List<DestinationMemory<D>> all() {
    List<DestinationMemory<D>> all = new ArrayList<>();
    for (int next = 1; next != DONE; ) {
      int first = next;
      next = gate.locked(() -> takeDown(first, all, time.getAsLong()));
    }
    all.sort(Comparator.<DestinationMemory<D>, Duration>comparing(m -> m.unused()).reversed());
    return all;
  }

  /** Takes down some sites, by their numbers; returns the number to go on with. */
  private int takeDown(int first, List<DestinationMemory<D>> all, long now) {
    DestinationTable<D, Site<D>> table = gate.table;
    int end = Math.min(first + AT_ONCE, table.lastId() + 1);
    for (int id = first; id < end; id++) {
      Site<D> site = table.byIdOrNull(id);
      if (site != null && (site.standing != Standing.NEW || gate.limits.byHand(site) != null)) {
        all.add(of(site, now));
      }
    }
    return end > table.lastId() ? DONE : end;
  }

  private DestinationMemory<D> of(Site<D> site, long now) {
    Optional<Trouble<D>> trouble = Optional.ofNullable(site.trouble);
    return new DestinationMemory<>(
        site.destination,
        site.standing,
        since(site.used, now),
        site.answered ? Optional.of(since(site.lastSuccess, now)) : Optional.empty(),
        site.delivered,
        Duration.ofNanos(site.meanTime()),
        site.window(),
        site.failures,
        site.cause(),
        trouble.map(known -> known.probeFailures).orElse(0),
        trouble.filter(known -> site.standing == Standing.SUSPENDED).map(t -> of(site, t, now)),
        Optional.ofNullable(gate.limits.byHand(site))
            .map(hand -> new HandSuspension(until(hand.deadline(), now), hand.refusal.detail())));
  }

  private static <D> Suspension of(Site<D> site, Trouble<D> trouble, long now) {
    boolean due = site.probeQueued || site.probing;
    return new Suspension(
        since(trouble.suspendedAt, now),
        since(trouble.lastRefused, now),
        trouble.probed ? Optional.of(since(trouble.lastProbed, now)) : Optional.empty(),
        trouble.isScheduled()
            ? Optional.of(until(trouble.deadline(), now))
            : due ? Optional.of(Duration.ZERO) : Optional.empty());
  }

  private static Duration since(long time, long now) {
    return Duration.ofNanos(Math.max(0, now - time));
  }

  private static Duration until(long time, long now) {
    return Duration.ofNanos(Math.max(0, time - now));
  }

  // -- put back

  /** Restores what fits of it, the last ones first; returns how many destinations. */
  int restore(List<DestinationMemory<D>> known, long now) {
    DestinationTable<D, Site<D>> table = gate.table;
    if (table.size() > 0) {
      throw new IllegalStateException(
          "restore before anything else is asked of the gate: it knows "
              + table.size()
              + (table.size() == 1 ? " destination" : " destinations")
              + " already");
    }
    List<DestinationMemory<D>> worth = known.stream().filter(Memories::isWorthIt).toList();
    List<DestinationMemory<D>> fitting =
        worth.subList(Math.max(0, worth.size() - table.capacity()), worth.size());
    for (DestinationMemory<D> memory : fitting) {
      if (table.get(memory.destination()) == null) {
        Site<D> site = table.use(memory.destination(), null, now - nanos(memory.unused()));
        if (site != null) {
          restore(site, memory, now);
        }
      }
    }
    for (int i = fitting.size() - 1; i >= 0; i--) { // newest first: their probes are due first
      planProbe(fitting.get(i), now);
    }
    outage.restore(
        table.all().stream()
            .filter(site -> site.answered)
            .sorted(Comparator.comparingLong((Site<D> s) -> now - s.lastSuccess).reversed())
            .toList(),
        now);
    return table.size();
  }

  private static boolean isWorthIt(DestinationMemory<?> memory) {
    return memory.byHand().isPresent()
        || memory
            .suspension()
            .map(was -> !isOver(was) || nanos(was.sinceRefused()) < Probes.WANTED_FOR)
            .orElse(true);
  }

  /** Returns whether a suspension says nothing any more: see {@link Standings#forgetIfUnprobed}. */
  private static boolean isOver(Suspension was) {
    Duration checked = was.sinceProbe().orElse(was.since());
    return nanos(was.since()) >= Probes.FORGOTTEN_AFTER && nanos(checked) >= Probes.FORGOTTEN_AFTER;
  }

  private void restore(Site<D> site, DestinationMemory<D> memory, long now) {
    if (memory.suspension().map(Memories::isOver).orElse(false)) {
      restoreByHand(site, memory, now);
      return; // it is new again
    }
    gate.counters.standings[site.standing.ordinal()]--;
    gate.counters.standings[memory.standing().ordinal()]++;
    site.standing = memory.standing();
    memory
        .sinceSuccess()
        .ifPresent(
            age -> {
              site.answered = true;
              site.lastSuccess = now - nanos(age);
            });
    site.delivered = memory.delivered();
    long mean = nanos(memory.meanDelivery());
    if (mean > 0 && site.delivered) {
      site.deliveredAfter(mean);
      Underway.updateSlow(site, gate.counters);
    } else if (mean > 0) {
      site.answeredAfter(mean);
    }
    site.failures = Math.min(memory.failures(), MANY);
    if (memory.failedProbes() > 0 || !memory.cause().isEmpty()) {
      site.trouble().cause = memory.cause();
      site.trouble().probeFailures = Math.min(memory.failedProbes(), MANY);
    }
    site.startWindowAt(window(site, memory.window(), now), now);
    memory.suspension().ifPresent(was -> restore(site.trouble(), was, now));
    restoreByHand(site, memory, now);
  }

  private double window(Site<D> site, double was, long now) {
    double first =
        switch (site.standing) {
          case NEW, SUSPECT -> Window.NEW_SITE;
          case SUSPENDED -> 1;
          case RECOVERING -> Window.RECOVERING_SITE;
          case LIVE -> Window.LIVE_SITE;
        };
    boolean recent = site.standing != Standing.SUSPENDED && site.succeededSince(now - Site.RECENT);
    return Math.min(recent ? was : Math.min(was, first), gate.shares.perDestinationWindow);
  }

  private static void restore(Trouble<?> trouble, Suspension was, long now) {
    trouble.suspendedAt = now - nanos(was.since());
    // Not in this tick: nobody was refused in it yet.
    trouble.lastRefused = now - Math.max(1, nanos(was.sinceRefused()));
    trouble.lastRefusedYoung = trouble.lastRefused;
    trouble.probed = was.sinceProbe().isPresent();
    trouble.lastProbed = now - nanos(was.sinceProbe().orElse(was.since()));
  }

  private void restoreByHand(Site<D> site, DestinationMemory<D> memory, long now) {
    memory
        .byHand()
        .filter(hand -> !hand.remaining().isZero())
        .ifPresent(
            hand -> gate.limits.suspend(site, now + nanos(hand.remaining()), hand.reason(), now));
  }

  private void planProbe(DestinationMemory<D> memory, long now) {
    Site<D> site = gate.table.get(memory.destination());
    if (site == null || memory.suspension().isEmpty()) {
      return;
    }
    Suspension was = memory.suspension().get();
    if (site.standing == Standing.SUSPENDED && was.nextProbe().isPresent()) {
      long due = probes.resume(site.trouble(), nanos(was.nextProbe().get()), now);
      site.trouble().refusal = new Refusal(Reason.SUSPENDED, due, site.cause());
    } else if (site.standing == Standing.NEW && nanos(was.sinceRefused()) < Probes.WANTED_FOR) {
      probes.want(site, false);
    }
  }

  private static long nanos(Duration time) {
    return time.compareTo(AGES) < 0 ? time.toNanos() : AGES.toNanos();
  }
}
