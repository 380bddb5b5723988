package org.mailweir.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.mailweir.core.Refusal;
import org.mailweir.core.Refusal.Reason;
import org.mailweir.delivery.FakeRemotes.Remote;
import org.mailweir.delivery.World.Told;
import org.mailweir.lmtp.MailTransaction;
import org.mailweir.message.Reply;
import org.mailweir.smtp.ConnectFailure.Kind;
import org.mailweir.smtp.SmtpResult.Stage;

/**
 * Whatever happens in whatever order: no permit is lost, nothing is sent twice, and a recipient
 * whose mail was taken is not told otherwise.
 */
class AnyOrderTest {
  private static final Refusal SUSPENDED =
      new Refusal(Reason.SUSPENDED, Refusal.NO_HINT, "connect timed out");

  @Property(tries = 400)
  void losesNothingAndSendsNothingTwice(@ForAll long seed) {
    Random random = new Random(seed);
    World world = new World();
    world.gate.mayDetach = random.nextInt(4) > 0;
    int destinations = 1 + random.nextInt(8);
    for (int i = 0; i < destinations; i++) {
      behave(world, "d" + i + ".test", random);
    }
    Duration gone = Duration.ofMillis(random.nextInt(60_000));
    if (random.nextInt(4) == 0) {
      world.simulation.at(gone, () -> world.client.gone = true);
    }
    if (random.nextInt(5) == 0) {
      world.simulation.at(Duration.ofMillis(random.nextInt(40_000)), world.factory::stop);
      world.simulation.at(Duration.ofMillis(random.nextInt(60_000)), world.factory::abortBeforeDot);
    }
    List<String> accepted = new ArrayList<>();
    List<Told> told = List.of();
    try (MailTransaction transaction = world.begin()) {
      for (int batch = 0; batch <= random.nextInt(3); batch++) {
        String[] addresses =
            IntStream.range(0, 1 + random.nextInt(6))
                .mapToObj(i -> "u" + world.gate.asks.size() + "." + i + "." + accepted.size())
                .map(user -> user + "@d" + random.nextInt(destinations) + ".test")
                .toArray(String[]::new);
        List<Reply> replies = world.admit(transaction, addresses);
        assertThat(replies).hasSize(addresses.length);
        for (int i = 0; i < addresses.length; i++) {
          assertThat(replies.get(i).code()).isIn(250, 451);
          if (replies.get(i).isPositive()) {
            accepted.add(addresses[i]);
          }
        }
      }
      if (random.nextInt(3) == 0) {
        transaction.bodyLate();
        Duration arrival = Duration.ofMillis(random.nextInt(40_000));
        world.simulation.runUntil(world.simulation.elapsed().plus(arrival));
      }
      if (random.nextInt(10) > 0) {
        told = world.deliver(transaction);
        assertThat(told).hasSizeLessThanOrEqualTo(accepted.size());
        if (!world.client.gone) {
          assertThat(told).hasSameSizeAs(accepted);
        }
      }
    }
    for (int i = 0; i < told.size(); i++) {
      if (told.get(i).code() == 250) {
        assertThat(world.remotes.dots).contains(accepted.get(i));
      }
    }
    world.assertNothingLeft();
    for (int i = 0; i < told.size(); i++) {
      boolean taken = world.remotes.dots.contains(accepted.get(i));
      boolean known = told.get(i).at().compareTo(Duration.ofSeconds(540)) < 0;
      assertThat(told.get(i).code() == 250)
          .isEqualTo(taken && known && !refusesDot(accepted.get(i)));
    }
  }

  private static boolean refusesDot(String address) {
    return address.endsWith("@d3.test");
  }

  private static void behave(World world, String name, Random random) {
    switch (random.nextInt(4)) {
      case 0 -> world.gate.refuses(name, SUSPENDED);
      case 1 -> {
        world.gate.letsWait(name);
        for (int i = 0; i < 3; i++) {
          turn(world, name, Duration.ofMillis(random.nextInt(40_000)), random.nextInt(4) == 0);
        }
      }
      default -> {}
    }
    Remote remote =
        world
            .remotes
            .at(name)
            .connectsAfter(random.nextInt(9_000))
            .readyAfter(random.nextInt(25_000))
            .dotAfter(random.nextInt(8_000))
            .answersAfter(random.nextInt(8_000));
    if (name.equals("d3.test")) {
      remote.answers(FakeRemotes.result(Stage.DOT, 452, "4.3.1", "disk full"));
    }
    if (random.nextInt(3) == 0) {
      remote.noticesNoAbort();
    }
    switch (random.nextInt(8)) {
      case 0 -> remote.fails(Kind.values()[random.nextInt(4)], 451, "4.4.1", "mx: no");
      case 1 -> remote.failsOnce(Kind.PUSHED_BACK, 421, "4.3.2", "mx: too many");
      case 2 -> remote.turnsAwayOnce(FakeRemotes.pushedBack(Stage.MAIL));
      case 3 -> remote.throwsInSend();
      default -> {}
    }
  }

  private static void turn(World world, String name, Duration at, boolean refused) {
    world.simulation.at(
        at,
        () -> {
          if (refused) {
            world.gate.refuse(name, SUSPENDED);
          } else if (world.gate.isWaitedFor(name)) {
            world.gate.grant(name);
          }
        });
  }
}
