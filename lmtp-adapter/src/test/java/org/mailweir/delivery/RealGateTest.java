package org.mailweir.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.core.Outcome;
import org.mailweir.core.Standing;
import org.mailweir.message.Destination;
import org.mailweir.message.Reply;
import org.mailweir.smtp.ConnectFailure.Kind;

/** The gate of the policy in place of a scripted one, in simulated time. */
@Timeout(60)
class RealGateTest {
  @Test
  void deliversAndProvesTheDestination() {
    Relay relay = new Relay(100);
    Relay.Sent sent = relay.send(Relay.FRESH, "u@a.test");
    assertThat(sent.taken()).isTrue();
    assertThat(relay.gate.status(new Destination("a.test")).orElseThrow().standing())
        .isEqualTo(Standing.LIVE);
    assertThat(relay.end().settled()).containsEntry(Outcome.DELIVERED, 1L);
  }

  @Test
  void refusesADeadDestinationAtOnceOnceThatIsKnown() {
    Relay relay = new Relay(100);
    relay.remotes.at("dead.test").fails(Kind.UNREACHABLE, 451, "4.4.1", "mx: refused");
    relay.send(Relay.FRESH, "u@dead.test");
    Relay.Sent second = relay.send(Relay.FRESH, "v@dead.test");
    assertThat(second.took()).isZero();
    assertThat(second.atRcpt().get(0).text())
        .startsWith("dead.test suspended: mx: refused; next try in ");
    relay.end();
  }

  @Test
  void letsOneDetachedAttemptTeachTheGate() {
    Relay relay = new Relay(100);
    relay
        .remotes
        .at("hole.test")
        .connectsAfter(60_000)
        .fails(Kind.UNREACHABLE, 451, "4.4.1", "mx: timed out");
    assertThat(relay.send(Relay.FRESH, "u@hole.test").took()).isEqualTo(Duration.ofSeconds(5));
    assertThat(relay.send(Relay.FRESH, "v@hole.test").atRcpt().get(0).text())
        .startsWith("hole.test not answering yet");
    relay.simulation.runUntil(Duration.ofSeconds(61));
    assertThat(relay.gate.status(new Destination("hole.test")).orElseThrow().standing())
        .isEqualTo(Standing.SUSPENDED);
    assertThat(relay.end().detachedTotal()).isEqualTo(1);
  }

  @Test
  void deliversAGroupWithDeadDestinations() {
    Relay relay = new Relay(100);
    String[] addresses =
        IntStream.range(0, 30).mapToObj(i -> "u@d" + i + ".test").toArray(String[]::new);
    for (int dead = 27; dead < 30; dead++) {
      relay.remotes.at("d" + dead + ".test").connectsAfter(60_000);
    }
    Relay.Sent sent = relay.send(Relay.FRESH, addresses);
    assertThat(World.codes(sent.atRcpt())).containsOnly(250);
    assertThat(World.codes(sent.afterDot()).subList(0, 27)).containsOnly(250);
    assertThat(World.codes(sent.afterDot()).subList(27, 30)).containsOnly(451);
    assertThat(sent.took()).isEqualTo(Duration.ofSeconds(5));
    assertThat(relay.remotes.dots).hasSize(27);
    relay.end();
  }

  @Test
  void endsAMessageThatIsTurnedAwayTooOften() {
    Relay relay = new Relay(100);
    relay.prove("a.test");
    relay.remotes.at("a.test").fails(Kind.PUSHED_BACK, 421, "4.3.2", "mx: too many");
    Relay.Sent sent = relay.send(Relay.FRESH, "u@a.test");
    assertThat(sent.afterDot()).containsExactly(new Reply(451, "4.3.2", "mx: too many"));
    assertThat(relay.end().requeued()).isBetween(1L, 5L);
  }

  @Test
  void deliversEachOfABurstOnceThoughConnectionsAreTurnedAway() {
    Relay relay = new Relay(100);
    relay.prove("a.test");
    for (int i = 0; i < 5; i++) {
      relay.remotes.at("a.test").failsOnce(Kind.PUSHED_BACK, 421, "4.3.2", "mx: too many");
    }
    for (int i = 0; i < 20; i++) {
      String address = "burst" + i + "@a.test";
      relay.simulation.execute(() -> relay.send(Relay.FRESH, address));
    }
    relay.simulation.runUntil(relay.simulation.elapsed().plusSeconds(60));
    assertThat(relay.remotes.dots).hasSize(20).doesNotHaveDuplicates();
    assertThat(relay.sent.subList(3, 23)).allMatch(Relay.Sent::taken);
    relay.end();
  }

  @Test
  void keepsFreshMailFastWhileAHerdForDeadDestinationsPasses() {
    Relay relay = new Relay(20);
    relay.prove("live0.test", "live1.test", "live2.test");
    Deque<String> herd = new ArrayDeque<>();
    for (int i = 0; i < 1000; i++) {
      String destination = "dead" + i % 100 + ".test";
      relay.remotes.at(destination).connectsAfter(60_000);
      relay.remotes.at(destination).fails(Kind.UNREACHABLE, 451, "4.4.1", "mx: timed out");
      herd.add("u" + i + "@" + destination);
    }
    Duration begun = relay.simulation.elapsed();
    int clients = 20;
    List<Relay.Sent> fresh = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      String address = "fresh" + i + "@live" + i % 3 + ".test";
      relay.simulation.at(
          begun.plusMillis(500L * i),
          () -> relay.simulation.execute(() -> fresh.add(relay.send(Relay.FRESH, address))));
    }
    for (int i = 0; i < clients - 2; i++) {
      relay.simulation.execute(
          () -> {
            for (String address = herd.poll(); address != null; address = herd.poll()) {
              relay.send(Relay.OLD, address);
            }
          });
    }
    relay.simulation.runUntil(begun.plusSeconds(120));
    assertThat(herd).isEmpty();
    assertThat(fresh).hasSize(60).allMatch(Relay.Sent::taken);
    assertThat(fresh).allMatch(sent -> sent.took().toMillis() < 1000);
    relay.end();
  }
}
