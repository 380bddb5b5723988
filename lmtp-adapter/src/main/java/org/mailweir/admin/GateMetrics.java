package org.mailweir.admin;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.GateStats;
import org.mailweir.core.Outcome;
import org.mailweir.core.Refusal;
import org.mailweir.core.Standing;
import org.mailweir.core.TimeSource;

/**
 * Shows the gate's totals, and the metrics of others, as Prometheus reads them.
 *
 * <p>All figures of the gate in one scrape come from one snapshot, so that they add up.
 */
final class GateMetrics {
  // With the version Prometheus negotiates for the plain text form.
  private static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final DestinationGate<?> gate;
  private final TimeSource timeSource;
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  // One scrape at a time, or a late one could put an older snapshot in place of a newer one.
  private final ReentrantLock scraping = new ReentrantLock();
  // Kept here, because the registry holds them weakly: a metric whose object is gone reads NaN.
  private final List<MeterBinder> further;
  private volatile GateStats stats;

  GateMetrics(DestinationGate<?> gate, TimeSource timeSource, List<MeterBinder> further) {
    this.gate = gate;
    this.timeSource = timeSource;
    stats = gate.stats();
    bindGauges();
    bindCounters();
    new JvmMemoryMetrics().bindTo(registry);
    this.further = Stream.concat(Stream.of(new ShadowMetrics(gate)), further.stream()).toList();
    this.further.forEach(binder -> binder.bindTo(registry));
  }

  Answer answer() {
    scraping.lock();
    try {
      stats = gate.stats();
      return new Answer(200, CONTENT_TYPE, registry.scrape());
    } finally {
      scraping.unlock();
    }
  }

  void close() {
    registry.close();
  }

  private void bindGauges() {
    gauge("clients.held", "Transactions that hold a client", GateStats::clientsHeld);
    gauge(
        "clients.waiting", "Transactions with an admission that waits", GateStats::clientsWaiting);
    gauge("deliveries.in.flight", "Deliveries under way with a client", GateStats::inFlight);
    gauge("deliveries.slow", "Deliveries to destinations that take over 30 s", GateStats::slow);
    gauge("admissions.waiting", "Admissions that wait for a turn", GateStats::waiting);
    gauge("admissions.unproven", "Admissions held by unproven destinations", GateStats::unproven);
    gauge("admissions.failing", "Admissions held by failing destinations", GateStats::failing);
    gauge("attempts.detached", "Attempts under way without a client", GateStats::detached);
    gauge("bytes.in.flight", "Bytes of deliveries under way", GateStats::bytesInFlight);
    gauge("deliveries.oldest.seconds", "Age of the oldest delivery under way", this::oldest);
    gauge(
        "destinations.suspended.by.hand",
        "Destinations suspended by hand",
        GateStats::suspendedByHand);
    gauge("probes.open", "Probes under way", GateStats::probing);
    gauge("probes.due", "Probes due, which wait for the budget of probes", GateStats::probesDue);
    gauge("local.outage", "1 while a local outage is assumed, else 0", s -> s.outage() ? 1 : 0);
    for (Standing standing : Standing.values()) {
      gauge(
          "destinations",
          "Destinations known, by standing",
          Tags.of("standing", lowerCase(standing)),
          s -> s.byStanding().getOrDefault(standing, 0));
    }
    for (GateStats.Limit limit : stats.limits().keySet()) {
      Tags tags = Tags.of("limit", lowerCase(limit), "reason", lowerCase(limit.reason()));
      gauge(
          "limit",
          "A limit of the gate, and the reason with which it refuses",
          tags,
          s -> use(s, limit).limit());
      gauge(
          "limit.used", "What is in use of a limit of the gate", tags, s -> use(s, limit).inUse());
    }
  }

  private static GateStats.Use use(GateStats stats, GateStats.Limit limit) {
    return stats.limits().getOrDefault(limit, new GateStats.Use(0, 0));
  }

  private double oldest(GateStats stats) {
    return stats
        .oldestInFlight()
        .map(began -> Math.max(0, timeSource.nanoTime() - began) / 1e9)
        .orElse(0.0);
  }

  private void bindCounters() {
    counter("admissions", "Permits handed out", GateStats::admitted);
    counter("detachments", "Permits detached: the client freed", GateStats::detachedTotal);
    counter("requeues", "Permits put back to the head of the queue", GateStats::requeued);
    counter("probes", "Probes handed out", GateStats::probes);
    counter("transitions", "Changes of standing", GateStats::transitions);
    counter("evictions", "Destinations forgotten to make room", GateStats::evicted);
    for (Outcome outcome : Outcome.values()) {
      counter(
          "settlements",
          "Permits settled, by what the attempt taught",
          Tags.of("outcome", lowerCase(outcome)),
          s -> s.settled().getOrDefault(outcome, 0L));
    }
    for (Refusal.Reason reason : Refusal.Reason.values()) {
      counter(
          "refusals",
          "Admissions refused, by reason",
          Tags.of("reason", lowerCase(reason)),
          s -> s.refused().getOrDefault(reason, 0L));
    }
  }

  private void gauge(String name, String help, ToDoubleFunction<GateStats> value) {
    gauge(name, help, Tags.empty(), value);
  }

  private void gauge(String name, String help, Tags tags, ToDoubleFunction<GateStats> value) {
    Gauge.builder("mailweir." + name, this, self -> value.applyAsDouble(self.stats))
        .description(help)
        .tags(tags)
        .register(registry);
  }

  private void counter(String name, String help, ToDoubleFunction<GateStats> value) {
    counter(name, help, Tags.empty(), value);
  }

  private void counter(String name, String help, Tags tags, ToDoubleFunction<GateStats> value) {
    FunctionCounter.builder("mailweir." + name, this, self -> value.applyAsDouble(self.stats))
        .description(help)
        .tags(tags)
        .register(registry);
  }

  private static String lowerCase(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
