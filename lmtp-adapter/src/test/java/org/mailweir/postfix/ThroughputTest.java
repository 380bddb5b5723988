package org.mailweir.postfix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.loopback.SmtpSink;

/**
 * How fast a Postfix hands mail on through us, beside its own smtp(8), to the same kind of host, in
 * turns in one run. Both have 100 processes, and mail to 20 domains.
 */
@Tag("herd")
@Timeout(1800)
class ThroughputTest {
  private static final int MESSAGES = 4000;

  /** Those that a refusal has sent back wait for another flush: they say nothing of the speed. */
  private static final int COUNTED = MESSAGES * 95 / 100;

  private static final int ROUNDS = 3;
  private static final int DOMAINS = 20;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @TempDir Path home;

  @BeforeAll
  static void needsPostfix() {
    InstalledPostfix.assume();
  }

  @Test
  void deliversBesideSmtp() throws Exception {
    List<String> ours = domains("ours");
    List<String> theirs = domains("theirs");
    try (Relay relay = Relay.startBesideSmtp(home, 100, theirs)) {
      for (String domain : ours) {
        relay.host(domain, SinkBehaviour.healthy());
        relay.postfix().inject(Letter.to("first@" + domain)); // proven, as a relay's sites are
      }
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                relay.postfix().flush(); // what was refused at the cold start
                return relay.postfix().queue().isEmpty();
              });
      assertThat(relay.remote().count()).isEqualTo(DOMAINS);
      double[] rates = new double[2];
      for (int round = 0; round < ROUNDS; round++) {
        double us = rate(relay, relay.remote(), ours, "r" + round);
        double smtp = rate(relay, relay.local(), theirs, "r" + round);
        System.out.printf(
            Locale.ROOT,
            "round %d: through us %.0f messages a second, by smtp(8) %.0f, ratio %.2f%n",
            round,
            us,
            smtp,
            us / smtp);
        rates[0] += us / ROUNDS;
        rates[1] += smtp / ROUNDS;
      }
      System.out.printf(Locale.ROOT, "mean ratio %.2f%n", rates[0] / rates[1]);
      assertThat(relay.remote().violations()).isEmpty();
      assertThat(relay.postfix().log().troubles()).isEmpty();
    }
  }

  /** Returns messages a second, from the flush of a full queue to the last arrival. */
  private static double rate(Relay relay, SmtpSink sink, List<String> domains, String name)
      throws Exception {
    PrivatePostfix postfix = relay.postfix();
    int before = sink.count();
    postfix.hold("@");
    postfix.injectAll(
        MESSAGES, i -> Letter.to(name + "-" + i + "@" + domains.get(i % domains.size())));
    postfix.release();
    long began = System.nanoTime();
    postfix.flush();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> sink.count() >= before + COUNTED);
    double seconds = (System.nanoTime() - began) / 1e9;
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              postfix.flush(); // a message that was refused while the windows grew
              return postfix.queue().isEmpty();
            });
    assertThat(sink.count()).isEqualTo(before + MESSAGES);
    return COUNTED / seconds;
  }

  private static List<String> domains(String name) {
    return IntStream.range(0, DOMAINS).mapToObj(i -> name + i + ".test").toList();
  }
}
