package org.mailweir.transport;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.mailweir.delivery.DeliveryFactory;
import org.mailweir.lmtp.LmtpServer;
import org.mailweir.message.BodyStore;
import org.mailweir.recall.Recall;

/** Shows what is open beside the gate: clients, connections to hosts, bodies. */
final class TransportMetrics implements MeterBinder {
  private final LmtpServer lmtp;
  private final DeliveryFactory deliveries;
  private final Remotes remotes;
  private final BodyStore bodies;
  private final Optional<Recall> recall;

  TransportMetrics(
      LmtpServer lmtp,
      DeliveryFactory deliveries,
      Remotes remotes,
      BodyStore bodies,
      Optional<Recall> recall) {
    this.lmtp = lmtp;
    this.deliveries = deliveries;
    this.remotes = remotes;
    this.bodies = bodies;
    this.recall = recall;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    gauge(registry, "lmtp.connections", "LMTP connections open", m -> m.lmtp.connections());
    gauge(registry, "lmtp.transactions", "LMTP transactions open", m -> m.lmtp.transactions());
    gauge(
        registry,
        "deliveries.past.dot",
        "Deliveries whose final dot may have been sent",
        m -> m.deliveries.counts().pastDot());
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
    counter(
        registry,
        "smtp.connections.opened",
        "SMTP connections made",
        m -> m.remotes.counters().opened());
    counter(
        registry,
        "smtp.connections.reused",
        "Idle SMTP connections used again",
        m -> m.remotes.counters().reused());
    counter(
        registry,
        "https.deliveries",
        "Messages taken over HTTPS, the rest of those delivered over SMTP",
        m -> m.remotes.takenOverHttps());
    gauge(registry, "bodies", "Message bodies kept", m -> m.bodies.bodies());
    gauge(
        registry,
        "bodies.memory.bytes",
        "Bytes that message bodies take in memory",
        m -> m.bodies.memoryInUse());
    gauge(
        registry,
        "bodies.disk.bytes",
        "Bytes that message bodies take in files",
        m -> m.bodies.diskInUse());
    if (recall.isPresent()) {
      gauge(
          registry,
          "recall.remembered",
          "Refused messages that may be called back",
          m -> m.recall.map(Recall::remembered).orElse(0));
      counter(
          registry,
          "recall.calls",
          "Refused messages called back",
          m -> m.recall.map(Recall::calls).orElse(0L));
    }
  }

  private void gauge(
      MeterRegistry registry, String name, String help, ToDoubleFunction<TransportMetrics> value) {
    Gauge.builder("mailweir." + name, this, value).description(help).register(registry);
  }

  private void counter(
      MeterRegistry registry, String name, String help, ToDoubleFunction<TransportMetrics> value) {
    FunctionCounter.builder("mailweir." + name, this, value).description(help).register(registry);
  }
}
