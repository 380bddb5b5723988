package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.core.ConcurrencyLimiter.Grant;
import org.mailweir.core.ConcurrencyLimiter.Share;

/** The order in which those that wait in several shares are answered, and what is said of them. */
@Timeout(30)
class PermitLineTest {
  private final ConcurrencyLimiter limiter = new ConcurrencyLimiter(1);
  private final Share one = limiter.share("one", 1);
  private final Share two = limiter.share("two", 1);
  private final List<String> answered = new ArrayList<>();

  private CompletableFuture<Optional<Grant>> waits(Share share, String name) {
    CompletableFuture<Optional<Grant>> answer = share.acquireAsync();
    assertThat(answer).isNotDone();
    var unused = answer.thenAccept(granted -> answered.add(name));
    return answer;
  }

  @Test
  void aPermitGoesToTheEarliestThoughOthersStandInAnOlderQueue() {
    Grant held = limiter.tryAcquire().orElseThrow();
    var first = waits(one, "first");
    var second = waits(two, "second");
    var third = waits(one, "third");
    held.close();
    first.join().orElseThrow().close();
    second.join().orElseThrow().close();
    third.join().orElseThrow().close();
    assertThat(answered).containsExactly("first", "second", "third");
  }

  @Test
  void closingAnswersInTheOrderOfComing() {
    Grant held = limiter.tryAcquire().orElseThrow();
    List<CompletableFuture<Optional<Grant>>> all =
        List.of(waits(one, "first"), waits(two, "second"), waits(one, "third"));
    limiter.close();
    assertThat(answered).containsExactly("first", "second", "third");
    assertThat(all).allSatisfy(answer -> assertThat(answer.join()).isEmpty());
    held.close();
  }

  @Test
  void closingLeavesTheLockToOtherThreads() throws Exception {
    limiter.close();
    assertThat(CompletableFuture.supplyAsync(limiter::inUse).get(20, TimeUnit.SECONDS)).isZero();
  }

  @Test
  void saysWhatIsInUse() {
    assertThat(one.name()).isEqualTo("one");
    Grant grant = one.tryAcquire().orElseThrow();
    assertThat(one).hasToString("one 1/1");
    assertThat(two).hasToString("two 0/1");
    assertThat(limiter).hasToString("whole 1/1");
    assertThat(grant).hasToString("permit of one");
    grant.close();
    assertThat(grant).hasToString("returned permit");
  }
}
