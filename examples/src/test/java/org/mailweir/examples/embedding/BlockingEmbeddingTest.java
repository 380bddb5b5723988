package org.mailweir.examples.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mailweir.core.Outcome;
import org.mailweir.core.Standing;

@Timeout(60)
class BlockingEmbeddingTest {
  private final World world = new World();
  private final BlockingEmbedding mta = new BlockingEmbedding(world.gate, world.smtp);

  @AfterEach
  void close() {
    assertThat(world.gate.stats().inFlight()).as("permits out").isZero();
    world.close();
  }

  @Test
  void triesADeadDestinationOnceAndThenRefusesItsMail() throws Exception {
    try (World quiet = new World()) {
      quiet.timer.shutdownNow(); // or a probe would connect, too
      quiet.smtp.replies("alive.example", 250);
      BlockingEmbedding mta = new BlockingEmbedding(quiet.gate, quiet.smtp);

      assertThat(mta.deliver("dead.example")).endsWith("connect to dead.example timed out");
      assertThat(mta.deliver("dead.example"))
          .contains("refused, SUSPENDED (connect to dead.example timed out), next try in ");
      assertThat(mta.deliver("alive.example")).isEqualTo("alive.example: DELIVERED");
      assertThat(quiet.smtp.connects("dead.example")).isOne();
      assertThat(quiet.gate.stats().inFlight()).isZero();
    }
  }

  @Test
  void deliversAgainAfterAProbeGotThrough() throws Exception {
    mta.deliver("returning.example");
    assertThat(mta.deliver("returning.example")).contains("refused, SUSPENDED");

    world.smtp.replies("returning.example", 250);
    world.awaitStanding(Standing.RECOVERING);
    assertThat(mta.deliver("returning.example")).isEqualTo("returning.example: DELIVERED");
  }

  @ParameterizedTest
  @CsvSource({"250,DELIVERED", "451,DEFERRED", "550,REJECTED", "421,PUSHED_BACK"})
  void settlesByTheReply(int code, Outcome outcome) throws Exception {
    world.smtp.replies("some.example", code);

    assertThat(mta.deliver("some.example")).isEqualTo("some.example: " + outcome);
    assertThat(world.gate.stats().settled()).containsEntry(outcome, 1L);
  }

  @Test
  void learnsNothingFromAConnectionThatWasLostWhileSending() throws Exception {
    world.smtp.replies("some.example", SimulatedSmtp.LOST);

    assertThat(mta.deliver("some.example"))
        .isEqualTo("some.example: connection to some.example lost");
    assertThat(world.gate.stats().settled())
        .containsEntry(Outcome.UNKNOWN, 1L)
        .doesNotContainEntry(Outcome.UNREACHABLE, 1L);
    assertThat(world.gate.status("some.example"))
        .hasValueSatisfying(status -> assertThat(status.standing()).isEqualTo(Standing.NEW));
  }

  @Test
  void letsThreadsWaitForTheirTurnAtABusyDestination() throws Exception {
    world.smtp.replies("alive.example", 250);
    mta.deliver("alive.example");

    ExecutorService threads = Executors.newCachedThreadPool();
    Callable<String> delivery = () -> mta.deliver("alive.example");
    List<Future<String>> results = threads.invokeAll(Collections.nCopies(20, delivery));
    threads.shutdown();

    for (Future<String> result : results) {
      assertThat(result.get()).isEqualTo("alive.example: DELIVERED");
    }
  }
}
