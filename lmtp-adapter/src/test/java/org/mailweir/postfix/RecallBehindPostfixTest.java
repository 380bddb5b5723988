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
import org.mailweir.loopback.ServiceTime;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.loopback.SinkHost;

/**
 * Mail that a real Postfix has deferred comes back when its destination does: it is called, as
 * Postfix itself would not try it before five minutes are over.
 */
@Timeout(180)
class RecallBehindPostfixTest {
  private static final int CLIENTS = 100;
  private static final int TAKES = 20;

  @TempDir Path home;

  @BeforeAll
  static void needsPostfix() {
    InstalledPostfix.assume();
  }

  @Test
  void callsBackTheMailOfASiteThatReturns() throws Exception {
    callsBack(60, Duration.ofSeconds(100), SinkBehaviour.healthy());
  }

  @Test
  @Tag("herd")
  @Timeout(1200)
  void callsBackFiveThousandMessagesInPacedOrder() throws Exception {
    ServiceTime time = ServiceTime.lognormal(Duration.ofMillis(300), 0.6);
    callsBack(5000, Duration.ofMinutes(15), SinkBehaviour.healthy().serving(time).limitedTo(TAKES));
  }

  private void callsBack(int messages, Duration patience, SinkBehaviour behaviour)
      throws Exception {
    List<String> recipients =
        IntStream.range(0, messages).mapToObj(i -> "u" + i + "@back.test").toList();
    try (Relay relay = Relay.startWithRecall(home, CLIENTS)) {
      PrivatePostfix postfix = relay.postfix();
      SinkHost down = relay.host("back.test", SinkBehaviour.healthy());
      down.close();
      postfix.injectAll(messages, i -> Letter.to(recipients.get(i)));
      await().atMost(patience).until(() -> postfix.count("deferred") == messages);
      assertThat(relay.remote().count()).isZero();

      SinkHost back = relay.remote().host(down.address(), behaviour);
      long returned = System.nanoTime();
      await().atMost(patience).until(() -> relay.remote().count() >= messages / 2);
      double half = (System.nanoTime() - returned) / 1e9;
      await().atMost(patience).until(() -> postfix.queue().isEmpty());
      System.out.printf(
          Locale.ROOT,
          "%,d deferred messages of a site that returns: half after %.0f s, all after %.0f s;"
              + " most connections %d, turned away %d%n",
          messages,
          half,
          (System.nanoTime() - returned) / 1e9,
          back.peakConnections(),
          back.turnedAway());

      assertThat(relay.remote().byRecipient()).containsOnlyKeys(recipients);
      assertThat(relay.remote().arrivals()).as("none twice").hasSize(messages);
      assertThat(relay.remote().violations()).isEmpty();
      assertThat(back.peakConnections()).isLessThanOrEqualTo(TAKES + 3);
      assertThat(postfix.log().troubles()).isEmpty();
    }
  }
}
