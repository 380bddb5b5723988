package org.mailweir.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.GateStats;
import org.mailweir.lmtp.MailTransaction;
import org.mailweir.message.Destination;
import org.mailweir.message.Reply;
import org.mailweir.message.Sender;
import org.mailweir.recall.RefusedMail;
import org.mailweir.site.Sites;

/** Deliveries under the gate of the policy, with scripted remotes, in simulated time. */
final class Relay {
  private static final Instant NOW = Instant.parse("2025-06-29T17:56:00Z");

  /** Arrived 52 s before {@link #NOW}. */
  static final Optional<String> FRESH = Optional.of("4bVcQ45xllz1SCKT");

  static final Optional<String> OLD = Optional.of("4bVbQ45xllz1SCKT");

  final Simulation simulation = new Simulation(-1);
  final FakeRemotes remotes = new FakeRemotes(simulation);
  final World.TestClient client = new World.TestClient();
  final DestinationGate<Destination> gate;
  final DeliveryFactory factory;
  final List<Sent> sent = new ArrayList<>();
  private boolean ticking = true;

  /** What a message came to. */
  record Sent(List<Reply> atRcpt, List<Reply> afterDot, Duration took) {
    boolean taken() {
      return !afterDot.isEmpty() && afterDot.stream().allMatch(Reply::isPositive);
    }
  }

  Relay(int clients) {
    gate =
        DestinationGate.<Destination>builder()
            .clients(clients)
            .timeSource(simulation)
            .random(new SplittableRandom(1))
            .build();
    factory =
        new DeliveryFactory(
            gate,
            Sites.apart(),
            remotes,
            RefusedMail.forgotten(),
            simulation,
            simulation,
            Clock.fixed(NOW, ZoneOffset.UTC),
            DeliverySettings.standard(),
            simulation::bell);
    tick();
  }

  private void tick() {
    gate.advance(simulation.nanoTime(), 1000);
    if (ticking) {
      simulation.at(simulation.elapsed().plusMillis(25), this::tick);
    }
  }

  Sent send(Optional<String> queueId, String... addresses) {
    Duration begun = simulation.elapsed();
    List<Reply> afterDot = new ArrayList<>();
    List<Reply> atRcpt;
    try (MailTransaction transaction =
        factory.begin(new Sender("a@sender.test", -1, false, false), World.origin(queueId))) {
      atRcpt = transaction.admit(World.recipients(addresses), client);
      if (atRcpt.stream().anyMatch(Reply::isPositive)) {
        transaction.deliver(World.emptyBody(), afterDot::add, client);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    Sent result = new Sent(atRcpt, afterDot, simulation.elapsed().minus(begun));
    sent.add(result);
    return result;
  }

  void prove(String... destinations) {
    for (String destination : destinations) {
      for (int i = 0; i < 3; i++) {
        assertThat(send(FRESH, "u" + i + "@" + destination).taken()).isTrue();
      }
    }
    remotes.dots.clear();
  }

  GateStats end() {
    simulation.runUntil(simulation.elapsed().plusSeconds(620));
    ticking = false;
    GateStats stats = gate.stats();
    assertThat(stats.clientsHeld()).as("clients").isZero();
    assertThat(stats.inFlight()).as("in flight").isZero();
    assertThat(stats.waiting()).as("waiting").isZero();
    assertThat(stats.detached()).as("detached").isZero();
    assertThat(stats.settled().values().stream().mapToLong(n -> n).sum())
        .as("settled")
        .isEqualTo(stats.admitted());
    assertThat(simulation.running()).as("threads").isZero();
    assertThat(remotes.open).as("connections").isZero();
    assertThat(remotes.dots).as("sent").doesNotHaveDuplicates();
    return stats;
  }
}
