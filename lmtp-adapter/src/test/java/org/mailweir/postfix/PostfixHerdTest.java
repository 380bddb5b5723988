package org.mailweir.postfix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.loopback.LongQueueId;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.loopback.Waits;
import org.mailweir.postfix.HerdTraffic.Kind;

/**
 * The herd at full size: 20,000 deferred messages for 1,000 dead domains are flushed through a real
 * Postfix, three times, and fresh mail goes beside it. Prints how long each kind of mail waited,
 * without a herd, beside the first flush, and beside the other two.
 */
@Tag("herd")
@Timeout(3000)
class PostfixHerdTest {
  private static final int HERD = 20_000;
  private static final int FLUSHES = 3;
  private static final int QUIET_ROUNDS = 120;
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final List<String> DEAD = domains("dead", 1000);
  private static final List<String> KNOWN = domains("known", 50);

  @TempDir Path home;

  @BeforeAll
  static void needsPostfix() {
    InstalledPostfix.assume();
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 50})
  void freshMailWaitsLessThanASecondBesideAHerd(int clients) throws Exception {
    try (Relay relay = Relay.startAsProgram(home, clients);
        HerdTraffic traffic = new HerdTraffic(relay, KNOWN)) {
      PrivatePostfix postfix = relay.postfix();
      prepare(relay);
      deferHerd(postfix);
      print("%n%,d messages for %,d dead domains, %d clients%n", HERD, DEAD.size(), clients);

      long start = System.nanoTime();
      traffic.start();
      await().atMost(PATIENCE).until(() -> traffic.rounds() >= QUIET_ROUNDS);
      long flushed = System.nanoTime();
      printWaits("without a herd", traffic, start, flushed);
      for (int flush = 1; flush <= FLUSHES; flush++) {
        traffic.mark();
        long began = System.nanoTime();
        long before = refused(relay);
        postfix.flush();
        awaitEndOfHerd(relay, before);
        long ended = System.nanoTime();
        print(
            "flush %d: %.1f s, %.0f refused a second, heap after collection %d MB%n",
            flush,
            (ended - began) / 1e9,
            (refused(relay) - before) * 1e9 / (ended - began),
            relay.process().heapUsedAfterGc() >> 20);
        printWaits("  waits", traffic, began, ended);
      }
      long end = System.nanoTime();
      traffic.close();
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                postfix.flush(); // what was refused of the fresh mail, too
                return traffic.missing().isEmpty();
              });
      Waits known = traffic.waits(Kind.KNOWN, flushed, end);
      Waits neverSeen = traffic.waits(Kind.NEVER_SEEN, flushed, end);
      Waits local = traffic.waits(Kind.LOCAL, flushed, end);
      printWaits("beside the herd", traffic, flushed, end);
      print("  the slowest:%n%s", traffic.slowest());

      assertThat(traffic.failures()).isEmpty();
      assertThat(traffic.repeated()).isEmpty();
      assertThat(postfix.log().suspended()).isZero();
      await().atMost(PATIENCE).until(() -> postfix.count("deferred") == HERD);
      assertThat(known.percentile(99)).isLessThan(1);
      assertThat(local.percentile(99)).isLessThan(1);
      assertThat(neverSeen.shareWithin(Duration.ofSeconds(1))).isGreaterThanOrEqualTo(0.99);
    }
  }

  /** Adds the dead domains, and the known ones with one message each. */
  private static void prepare(Relay relay) throws Exception {
    relay.blackHoles(DEAD);
    for (String domain : KNOWN) {
      relay.host(domain, SinkBehaviour.healthy());
      relay.postfix().inject(Letter.to("first@" + domain));
    }
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              relay.postfix().flush(); // what was refused at the cold start
              return relay.postfix().queue().isEmpty();
            });
    assertThat(relay.remote().count()).isEqualTo(KNOWN.size());
  }

  private static void deferHerd(PrivatePostfix postfix) throws Exception {
    Instant longAgo = Instant.now().minus(Duration.ofHours(2));
    postfix.hold("@dead[0-9]+[.]test$");
    postfix.injectAll(
        HERD,
        i ->
            Letter.to("u" + i + "@" + DEAD.get(i % DEAD.size()))
                .withQueueId(LongQueueId.of(longAgo, i)));
    postfix.set("in_flow_delay", "1s"); // as it is by default
    postfix.release();
  }

  /** Waits until all of the herd was refused once more, and the active queue is empty of it. */
  private static void awaitEndOfHerd(Relay relay, long refusedBefore) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                refused(relay) - refusedBefore >= HERD * 9 / 10
                    && relay.postfix().count("active") < 50);
  }

  private static long refused(Relay relay) throws IOException, InterruptedException {
    Map<String, Double> metrics = relay.process().metrics();
    return metrics.entrySet().stream()
        .filter(m -> m.getKey().matches("mailweir_(?:refusals|detachments)_total.*"))
        .mapToLong(m -> m.getValue().longValue())
        .sum();
  }

  private static void printWaits(String when, HerdTraffic traffic, long from, long to) {
    for (Kind kind : Kind.values()) {
      print("%s, %-10s %s%n", when, kind, traffic.waits(kind, from, to));
    }
  }

  private static void print(String format, Object... arguments) {
    System.out.printf(Locale.ROOT, format, arguments);
  }

  private static List<String> domains(String name, int count) {
    return IntStream.range(0, count).mapToObj(i -> name + i + ".test").toList();
  }
}
