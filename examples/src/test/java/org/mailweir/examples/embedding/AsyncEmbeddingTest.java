package org.mailweir.examples.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mailweir.core.Standing;

@Timeout(60)
class AsyncEmbeddingTest {
  private final World world = new World();
  private final AsyncEmbedding mta = new AsyncEmbedding(world.gate, world.smtp, world.timer);

  @AfterEach
  void close() {
    assertThat(world.gate.stats().inFlight()).as("permits out").isZero();
    assertThat(world.gate.stats().detached()).as("detached").isZero();
    world.close();
  }

  private CompletableFuture<String> deliver(String domain) {
    return mta.deliver(domain).toCompletableFuture();
  }

  @ParameterizedTest
  @CsvSource({"250,DELIVERED", "451,DEFERRED", "550,REJECTED", "0,connection lost"})
  void settlesByTheReply(int code, String outcome) {
    world.smtp.replies("some.example", code);

    assertThat(deliver("some.example").join()).isEqualTo("some.example: " + outcome);
  }

  @Test
  void detachesAnAttemptThatHangsAndRefusesFurtherMailBeforeItHasFailed() throws Exception {
    CompletableFuture<String> first = deliver("dead.example");
    world.awaitStanding(Standing.SUSPECT);
    String second = deliver("dead.example").join();

    assertThat(first.join()).isEqualTo("dead.example: connect to dead.example timed out");
    assertThat(second).matches("dead.example: refused, (SUSPECT|SUSPENDED).*");
    assertThat(deliver("dead.example").join())
        .startsWith("dead.example: refused, SUSPENDED (connect to dead.example timed out)");
  }

  @Test
  void sendsNothingOverAConnectionThatCameTooLateButLearnsFromIt() throws Exception {
    CompletableFuture<String> late = deliver("slow.example");
    world.awaitStanding(Standing.SUSPECT);
    world.smtp.replies("slow.example", 250);

    assertThat(late.join()).isEqualTo("slow.example: READY");
    assertThat(deliver("slow.example").join()).isEqualTo("slow.example: DELIVERED");
  }

  @Test
  void deliversAgainAfterAProbeGotThrough() throws Exception {
    deliver("returning.example").join();
    world.smtp.replies("returning.example", 250);
    world.awaitStanding(Standing.RECOVERING);

    assertThat(deliver("returning.example").join()).isEqualTo("returning.example: DELIVERED");
  }
}
