package org.mailweir.herd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mailweir.herd.HerdWorld.TIMEOUT;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.loopback.Arrival;
import org.mailweir.loopback.Letters;
import org.mailweir.loopback.LmtpLoad;
import org.mailweir.loopback.LmtpLoad.Settings;
import org.mailweir.loopback.LmtpOutcome;
import org.mailweir.loopback.LmtpOutcome.RecipientReply;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.loopback.SinkHost;
import org.mailweir.transport.Transport;

/** A stop under load loses nothing, sends nothing twice, and leaves nothing open. */
@Timeout(90)
class EndTest {
  private final Letters letters = new Letters();

  @Test
  void answersTruthfullyForAllThatIsUnderWayAndLeavesNothingOpen() throws Exception {
    try (HerdWorld world = HerdWorld.open()) {
      Set<Thread> before = mailweirThreads();
      List<SinkHost> hosts = new ArrayList<>();
      List<String> domains = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        domains.add("slow" + i + ".test");
        hosts.add(world.host(domains.get(i), SinkBehaviour.slow(Duration.ofSeconds(2))));
      }
      domains.addAll(world.dead("dead", 5));
      Transport transport = world.start(world.config().hold(Duration.ofSeconds(10)));
      LmtpLoad load = world.load(transport.address(), Settings.postfix().timeout(TIMEOUT));
      for (int i = 0; i < 3; i++) {
        domains.forEach(domain -> load.submit(letters.fresh(domain)));
      }
      await()
          .atMost(TIMEOUT)
          .until(
              () ->
                  transport.deliveries().pastDot() >= 10
                      && transport.deliveries().deliveries() > transport.deliveries().pastDot());
      transport.stop(Duration.ZERO);

      // What is past its dot is waited for and answered; the rest is deferred, or finds no server.
      List<Arrival> arrivals = world.sink().arrivals();
      assertThat(arrivals).hasSizeGreaterThanOrEqualTo(10).allMatch(Arrival::answered);
      assertThat(load.awaitFinished(TIMEOUT)).isTrue();
      Set<String> delivered = new HashSet<>();
      for (LmtpOutcome outcome : load.outcomes()) {
        for (RecipientReply reply : outcome.recipients()) {
          assertThat(reply.delivered() || reply.deferred()).as(reply.toString()).isTrue();
          if (reply.delivered()) {
            delivered.add(reply.recipient());
          }
        }
      }
      assertThat(arrivals)
          .flatExtracting(Arrival::recipients)
          .doesNotHaveDuplicates()
          .containsExactlyInAnyOrderElementsOf(delivered);

      await()
          .atMost(TIMEOUT)
          .untilAsserted(
              () -> {
                assertThat(hosts).extracting(SinkHost::connectionsOpen).containsOnly(0);
                Set<Thread> left = mailweirThreads();
                left.removeAll(before);
                assertThat(left).isEmpty();
              });
      assertThat(transport.deliveries().transactions()).isZero();
      assertThat(transport.deliveries().detached()).isZero();
      assertThat(transport.gate().stats().inFlight()).isZero();
      assertThat(transport.gate().stats().clientsHeld()).isZero();
    }
  }

  private static Set<Thread> mailweirThreads() {
    Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
    threads.removeIf(thread -> !thread.getName().startsWith("mailweir-"));
    return threads;
  }
}
