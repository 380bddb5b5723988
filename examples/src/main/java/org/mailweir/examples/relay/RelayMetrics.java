package org.mailweir.examples.relay;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;
import org.mailweir.examples.relay.outbound.DeliveryQueue;
import org.mailweir.examples.relay.spool.Spool;
import org.mailweir.lmtp.LmtpServer;
import org.mailweir.transport.Remotes;

/** Shows what the relay holds and what has become of mail, beside the gate's own metrics. */
final class RelayMetrics implements MeterBinder {
  private final DeliveryQueue queue;
  private final Spool spool;
  private final LmtpServer intake;
  private final Remotes remotes;

  RelayMetrics(DeliveryQueue queue, Spool spool, LmtpServer intake, Remotes remotes) {
    this.queue = queue;
    this.spool = spool;
    this.intake = intake;
    this.remotes = remotes;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    gauge(registry, "spool.messages", "Messages kept", m -> m.spool.totals().messages());
    gauge(
        registry,
        "spool.entries",
        "Recipients of one message at one destination, counted as one",
        m -> m.spool.totals().entries());
    gauge(registry, "spool.bytes", "Bytes of bodies kept", m -> m.spool.totals().bytes());
    gauge(registry, "spool.room.bytes", "Bytes of bodies there is room for", m -> m.room());
    gauge(
        registry,
        "spool.damaged",
        "Messages set aside unreadable",
        m -> m.spool.totals().damaged());
    gauge(registry, "queue.due", "Entries that wait for their turn", m -> m.queue.stats().due());
    gauge(
        registry,
        "queue.waiting",
        "Entries that wait for their time",
        m -> m.queue.stats().waiting());
    gauge(registry, "queue.attempts.open", "Attempts under way", m -> m.queue.underway());
    counter(registry, "queue.accepted", "Entries taken", m -> m.queue.counts().accepted());
    counter(registry, "queue.attempts", "Attempts begun", m -> m.queue.counts().attempts());
    counter(registry, "queue.delivered", "Recipients delivered", m -> m.queue.counts().delivered());
    counter(
        registry, "queue.bounced", "Recipients refused for good", m -> m.queue.counts().bounced());
    counter(
        registry,
        "queue.expired",
        "Recipients given up at the end of their time, or by hand",
        m -> m.queue.counts().expired());
    counter(registry, "queue.notices", "Notifications written", m -> m.queue.counts().notices());
    gauge(registry, "clients", "Connections of clients", m -> m.intake.connections());
    gauge(
        registry,
        "smtp.connections.open",
        "SMTP sockets open: in use, idle and connecting",
        m -> m.remotes.counters().open());
    gauge(
        registry,
        "smtp.connections.idle",
        "SMTP connections kept for reuse",
        m -> m.remotes.counters().idle());
  }

  private double room() {
    return spool.totals().room();
  }

  private void gauge(
      MeterRegistry registry, String name, String help, ToDoubleFunction<RelayMetrics> value) {
    Gauge.builder("mailweir." + name, this, value).description(help).register(registry);
  }

  private void counter(
      MeterRegistry registry, String name, String help, ToDoubleFunction<RelayMetrics> value) {
    FunctionCounter.builder("mailweir." + name, this, value).description(help).register(registry);
  }
}
