package org.mailweir.herd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mailweir.herd.HerdWorld.TIMEOUT;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mailweir.loopback.Letters;
import org.mailweir.loopback.LmtpLoad;
import org.mailweir.loopback.LmtpLoad.Settings;
import org.mailweir.loopback.LmtpMessage;
import org.mailweir.loopback.LmtpOutcome;
import org.mailweir.loopback.ServiceTime;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.program.TransportProcess;

/**
 * Herds at full size: 20,000 messages for black holes through the program with its default times,
 * retried every 30 s, while fresh mail flows to 50 proven domains and to 330 that were never seen.
 * The transport runs in a JVM of its own. Prints what came of it.
 */
@Tag("herd")
class FullHerdTest {
  private static final int HERD = 20_000;
  private static final int ATTEMPTS = 7;
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(30);
  private static final int PROVEN = 50;
  private static final int WARM_UP = 10;
  private static final int UNSEEN = 330;

  // Megabytes; see docs/decisions/0017-memory-that-stays-flat.md.
  private static final double HEAP_GROWTH = 4;
  private static final double HEAP_GROWTH_AT_LAST = 2;
  private static final double HEAP_OF_ATTEMPTS = 6;
  private static final double HEAP_OF_A_DOMAIN = 0.003;

  private static final SinkBehaviour ALIVE =
      SinkBehaviour.healthy().serving(ServiceTime.lognormal(Duration.ofMillis(600), 0.6));

  private final Letters letters = new Letters();

  @ParameterizedTest(name = "{0} dead domains, {1} clients, ages known: {2}")
  @CsvSource({"200,100,true", "5000,100,true", "200,50,true", "5000,50,true", "5000,100,false"})
  void freshMailDoesNotWait(int deadDomains, int clients, boolean agesKnown) throws Exception {
    UnaryOperator<LmtpMessage> postmark = agesKnown ? letter -> letter : Letters::ageless;
    try (HerdWorld world = HerdWorld.open()) {
      List<String> proven = world.alive("proven", PROVEN, ALIVE);
      List<String> unseen = world.alive("unseen", UNSEEN, ALIVE);
      List<String> dead = world.dead("dead", deadDomains);
      TransportProcess transport =
          world.keep(
              TransportProcess.start(
                  "--hostname=relay.test",
                  "--tls=none",
                  "--max-clients=" + clients,
                  "--remote-port=" + world.net().port(),
                  "--dns=127.0.0.1:" + world.dns().getPort()));
      LmtpLoad load =
          world.load(
              transport.address(),
              Settings.postfix().clients(clients).retrying(ATTEMPTS, BETWEEN_ATTEMPTS));
      warmUp(load, proven, postmark);
      int before = load.outcomes().size();

      HerdFigures figures = new HerdFigures();
      AtomicInteger nextProven = new AtomicInteger();
      AtomicInteger nextUnseen = new AtomicInteger();
      load.flush(letters.herd(HERD, dead).stream().map(postmark).toList());
      try (LmtpLoad.Pace toProven =
              load.pace(
                  8,
                  () ->
                      postmark.apply(
                          letters.fresh(proven.get(nextProven.getAndIncrement() % PROVEN))));
          LmtpLoad.Pace toUnseen =
              load.pace(
                  2,
                  () ->
                      postmark.apply(
                          letters.fresh(
                              nextUnseen.get() < UNSEEN
                                  ? unseen.get(nextUnseen.getAndIncrement())
                                  : proven.get(nextProven.getAndIncrement() % PROVEN))))) {
        for (int second = 0; nextUnseen.get() < UNSEEN; second++) {
          figures.sample(transport, second % 10 == 0);
          LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
        }
        assertThat(toProven.sent() + toUnseen.sent()).isPositive();
      }
      assertThat(load.awaitFinished(Duration.ofMinutes(10))).isTrue();
      figures.sample(transport, true);

      List<LmtpOutcome> outcomes = load.outcomes().subList(before, load.outcomes().size());
      figures.count(outcomes, world.sink().byRecipient(), "proven", "unseen");
      System.out.printf(
          "Herd of %d for %d dead domains, %d clients, ages %s: %d attempts; %s%n",
          HERD, deadDomains, clients, agesKnown ? "known" : "unknown", outcomes.size(), figures);
      assertThat(world.sink().violations()).isEmpty();
      assertThat(figures.waits("proven").percentile(99)).isLessThan(1);
      assertThat(figures.waits("unseen").count()).isGreaterThanOrEqualTo(300);
      assertThat(figures.waits("unseen").shareWithin(Duration.ofSeconds(1)))
          .isGreaterThanOrEqualTo(0.99);
      assertThat(figures.longestHeld()).isLessThanOrEqualTo(40);
      assertThat(figures.heapGrowthAtLast()).isLessThan(HEAP_GROWTH_AT_LAST);
      assertThat(figures.heapLearned())
          .isLessThan(HEAP_OF_ATTEMPTS + HEAP_OF_A_DOMAIN * (deadDomains + UNSEEN));
      assertThat(figures.heapGrowth()).isLessThan(HEAP_GROWTH);
    }
  }

  private void warmUp(LmtpLoad load, List<String> proven, UnaryOperator<LmtpMessage> postmark)
      throws InterruptedException {
    AtomicInteger next = new AtomicInteger();
    try (LmtpLoad.Pace pace =
        load.pace(
            25, () -> postmark.apply(letters.fresh(proven.get(next.getAndIncrement() % PROVEN))))) {
      while (pace.sent() < PROVEN * WARM_UP) {
        load.awaitFinished(Duration.ofMillis(100));
      }
    }
    assertThat(load.awaitFinished(TIMEOUT)).isTrue();
  }
}
