package org.mailweir.lab.injector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mailweir.lab.mail.Kind;
import org.mailweir.lab.mail.Letter;
import org.mailweir.lab.mail.Message;
import org.mailweir.lab.measure.Recorder;
import org.mailweir.lab.policy.Bench;
import org.mailweir.lab.policy.Handover;
import org.mailweir.lab.policy.Transport;
import org.mailweir.lab.time.Seeds;
import org.mailweir.lab.time.VirtualTime;
import org.mailweir.lab.world.Conduct;
import org.mailweir.lab.world.Ending;
import org.mailweir.lab.world.Host;
import org.mailweir.lab.world.World;

/**
 * The model of Postfix beside measurements on a real one (3.7.11, 2 noisy cores, one sample each):
 * the wait of fresh mail is within a factor of {@value #FACTOR}, or below {@value #SHORT} s in
 * both.
 */
final class RealPostfixTest {
  private static final double FACTOR = 2.5;

  private static final double SHORT = 0.2;

  private static final double HELD = 10;
  private static final String DEAD = "dead";

  private final VirtualTime time = new VirtualTime();
  private final Recorder recorder = new Recorder(time);
  private final Seeds seeds = new Seeds(7);
  private final World world = new World(time, seeds, recorder);
  private final List<Letter> fresh = new ArrayList<>();
  private int unproven;

  /** A service that refuses all of the herd at once, by the limit of the active queue. */
  @ParameterizedTest(name = "qmgr_message_active_limit = {0}")
  @CsvSource({"20000, 10.1", "2000, 4.8", "500, 0.72", "200, 0.15", "120, 0.05"})
  void theActiveQueueMakesFreshMailWait(int activeLimit, double realMedian) {
    PostfixSettings settings = new PostfixSettings(100, activeLimit, 0.0012);
    run(20_000, 1000, settings, 2, 24, this::refuseDead);
    near(wait(0.5), realMedian);
  }

  /**
   * Transports of the first trials, which hold a dead domain for 10 s; 60 fresh messages, one a
   * second. Where the herd was refused rather than held, its speed is the trial's.
   */
  @ParameterizedTest(name = "{0}, {1} messages for {2} domains, {3} clients")
  @CsvSource({
    "WAITS_FOR_EACH, 5000, 50, 100, 0.0012, 500",
    "WAITS_FOR_EACH, 5000, 50, 500, 0.0012, 106",
    "ONE_A_DOMAIN, 5000, 50, 100, 0.0048, 23",
    "ONE_A_DOMAIN, 5000, 1000, 100, 0.0012, 273",
    "AT_MOST_50_UNPROVEN, 5000, 1000, 100, 0.0022, 6.4",
    "AT_MOST_50_UNPROVEN, 20000, 1000, 100, 0.0021, 33"
  })
  void transportsMakeFreshMailWait(
      Trial trial, int messages, int domains, int clients, double managerSeconds, double realP99) {
    PostfixSettings settings = new PostfixSettings(clients, 20_000, managerSeconds);
    Map<String, Integer> inFlight = new HashMap<>();
    run(messages, domains, settings, 1, 60, h -> trial(trial, inFlight, h));
    near(wait(0.99), realP99);
  }

  private static void near(double simulated, double real) {
    System.out.printf("real %.2f s, simulated %.3f s%n", real, simulated);
    if (real >= SHORT || simulated >= SHORT) {
      assertThat(simulated).isBetween(real / FACTOR, real * FACTOR);
    }
  }

  private enum Trial {
    WAITS_FOR_EACH,
    ONE_A_DOMAIN,
    AT_MOST_50_UNPROVEN
  }

  private void trial(Trial trial, Map<String, Integer> inFlight, Handover handover) {
    Letter letter = handover.letters().get(0);
    if (letter.kind() != Kind.DEAD) {
      deliver(handover);
      return;
    }
    boolean busy =
        trial != Trial.WAITS_FOR_EACH && inFlight.getOrDefault(letter.destination(), 0) > 0;
    boolean full = trial == Trial.AT_MOST_50_UNPROVEN && unproven >= 50;
    if (busy || full) {
      handover.refused(letter, "TRIAL");
      return;
    }
    unproven++;
    inFlight.merge(letter.destination(), 1, Integer::sum);
    time.after(
        HELD,
        () -> {
          unproven--;
          inFlight.merge(letter.destination(), -1, Integer::sum);
          handover.failed(letter);
        });
  }

  private void refuseDead(Handover handover) {
    Letter letter = handover.letters().get(0);
    if (letter.kind() == Kind.DEAD) {
      handover.refused(letter, "TRIAL");
    } else {
      deliver(handover);
    }
  }

  private void deliver(Handover handover) {
    Letter letter = handover.letters().get(0);
    world.deliver(
        letter,
        ending -> {
          assertThat(ending).isEqualTo(Ending.DELIVERED);
          handover.delivered(letter);
        });
  }

  private void run(
      int messages,
      int domains,
      PostfixSettings settings,
      double freshPerSecond,
      double freshFor,
      Transport transport) {
    Bench bench = new Bench(time, world, recorder, seeds, settings.clients());
    Postfix postfix = new Postfix(bench, transport, settings);
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < messages; i++) {
      order.add(i % domains);
    }
    Collections.shuffle(order, new Random(7));
    for (int domain : order) {
      world.add(DEAD + domain, new Host(Conduct.taking(0.01, 0.01)));
      Message old = new Message(-5000, 2000, domain);
      old.letter(Kind.DEAD, DEAD + domain);
      postfix.defer(old, 4000);
    }
    world.add("known.test", new Host(Conduct.taking(0.01, 0.01)));
    postfix.flush();
    for (double t = 0.1; t < freshFor; t += 1 / freshPerSecond) {
      time.at(
          t,
          () -> {
            Message message = new Message(time.seconds(), 2000, 7);
            fresh.add(message.letter(Kind.PROVEN, "known.test"));
            postfix.submit(message);
          });
    }
    time.runUntil(1000);
  }

  private double wait(double share) {
    double[] waits = fresh.stream().mapToDouble(letter -> letter.waited(1000)).sorted().toArray();
    return waits[(int) (waits.length * share)];
  }
}
