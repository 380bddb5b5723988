package org.mailweir.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.mailweir.lmtp.MailTransaction;
import org.mailweir.lmtp.Origin;
import org.mailweir.message.Body;
import org.mailweir.message.Destination;
import org.mailweir.message.Recipient;
import org.mailweir.message.Reply;
import org.mailweir.message.Sender;
import org.mailweir.recall.RefusedMail;
import org.mailweir.site.Sites;

/** A factory of deliveries between a scripted gate and scripted remotes, and one client of it. */
final class World {
  static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  final Simulation simulation;
  final FakeGate gate;
  final FakeRemotes remotes;
  final DeliveryFactory factory;
  final TestClient client = new TestClient();
  final RefusedList refusedMail = new RefusedList();

  World() {
    this(DeliverySettings.standard());
  }

  World(DeliverySettings settings) {
    this(settings, Sites.apart());
  }

  World(DeliverySettings settings, Sites sites) {
    simulation = new Simulation(Long.MAX_VALUE - Duration.ofSeconds(20).toNanos()); // wraps soon
    gate = new FakeGate(simulation);
    remotes = new FakeRemotes(simulation);
    factory =
        new DeliveryFactory(
            gate,
            sites,
            remotes,
            refusedMail,
            simulation,
            simulation,
            Clock.fixed(NOW, ZoneOffset.UTC),
            settings,
            simulation::bell);
  }

  MailTransaction begin() {
    return begin(-1);
  }

  MailTransaction begin(String queueId) {
    return factory.begin(
        new Sender("a@sender.test", -1, false, false), origin(Optional.of(queueId)));
  }

  MailTransaction begin(long size) {
    return factory.begin(new Sender("a@sender.test", size, false, false), origin(Optional.empty()));
  }

  /** Returns where a message with this queue id comes from. */
  static Origin origin(Optional<String> queueId) {
    return new Origin(InetAddress.getLoopbackAddress(), "client.test", "LMTP", queueId);
  }

  List<Reply> admit(MailTransaction transaction, String... addresses) {
    try {
      return transaction.admit(recipients(addresses), client);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Delivers, and returns the replies with the time of each. */
  List<Told> deliver(MailTransaction transaction) {
    List<Told> told = new ArrayList<>();
    try {
      transaction.deliver(
          new EmptyBody(), reply -> told.add(new Told(reply, simulation.elapsed())), client);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return told;
  }

  /** Admits, delivers, closes. All recipients must have been accepted. */
  List<Told> send(String... addresses) {
    try (MailTransaction transaction = begin()) {
      List<Reply> replies = admit(transaction, addresses);
      if (!replies.stream().allMatch(Reply::isPositive)) {
        throw new AssertionError(replies);
      }
      return deliver(transaction);
    }
  }

  /** Lets everything end, and asserts that nothing was lost, left behind or done twice. */
  void assertNothingLeft() {
    simulation.runUntil(simulation.elapsed().plusSeconds(1200));
    assertThat(simulation.running()).as("threads").isZero();
    assertThat(gate.unsettled()).as("permits not settled").isZero();
    assertThat(gate.closedTransactions).as("closed").isEqualTo(gate.transactions);
    assertThat(gate.asks).as("unanswered").allMatch(ask -> ask.answer().isDone());
    assertThat(remotes.open).as("open connections").isZero();
    assertThat(remotes.dots).as("sent").doesNotHaveDuplicates();
    assertThat(factory.counts()).isEqualTo(new DeliveryCounts(0, 0, 0, 0));
  }

  static List<Recipient> recipients(String... addresses) {
    return Arrays.stream(addresses)
        .map(
            address ->
                new Recipient(
                    address, new Destination(address.substring(address.indexOf('@') + 1))))
        .toList();
  }

  static Body emptyBody() {
    return new EmptyBody();
  }

  static List<Integer> codes(List<Reply> replies) {
    return replies.stream().map(Reply::code).toList();
  }

  /** A reply after the dot, and when it was handed out. */
  record Told(Reply reply, Duration at) {
    int code() {
      return reply.code();
    }
  }

  /** What was said of refused mail, in order. */
  static final class RefusedList implements RefusedMail {
    final List<String> said = new ArrayList<>();

    @Override
    public void refused(Destination site, String queueId) {
      said.add(queueId + " waits for " + site);
    }

    @Override
    public void came(String queueId) {
      said.add(queueId + " came");
    }
  }

  /** A client that may leave. */
  static final class TestClient implements MailTransaction.Client {
    boolean gone;
    int asked;

    @Override
    public boolean gone() {
      asked++;
      return gone;
    }
  }

  private static final class EmptyBody implements Body {
    @Override
    public long size() {
      return 0;
    }

    @Override
    public boolean eightBit() {
      return false;
    }

    @Override
    public InputStream open() {
      return InputStream.nullInputStream();
    }

    @Override
    public void close() {}
  }
}
