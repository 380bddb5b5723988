package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.mailweir.core.ConcurrencyLimiter.Grant;
import org.mailweir.core.ConcurrencyLimiter.Share;

class ConcurrencyLimiterTest {
  @Test
  void handsOutAsManyAsTheLimit() {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(2);
    Grant first = limiter.tryAcquire().orElseThrow();
    assertThat(limiter.tryAcquire()).isPresent();
    assertThat(limiter.tryAcquire()).isEmpty();
    assertThat(limiter.inUse()).isEqualTo(2);
    first.close();
    assertThat(limiter.tryAcquire()).isPresent();
    assertThat(limiter.limit()).isEqualTo(2);
  }

  @Test
  void countsAPermitOfAShareInEverythingAboveIt() {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(10);
    Share outer = limiter.share("outer", 5);
    Share inner = outer.share("inner", 3);
    Grant grant = inner.tryAcquire().orElseThrow();
    assertThat(List.of(inner.inUse(), outer.inUse(), limiter.inUse())).containsExactly(1, 1, 1);
    Grant beside = outer.tryAcquire().orElseThrow();
    assertThat(List.of(inner.inUse(), outer.inUse(), limiter.inUse())).containsExactly(1, 2, 2);
    grant.close();
    beside.close();
    assertThat(List.of(inner.inUse(), outer.inUse(), limiter.inUse())).containsExactly(0, 0, 0);
  }

  @Test
  void refusesAFullShareWhileTheWholeHasPlaces() {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(10);
    Share share = limiter.share("small", 1);
    assertThat(share.tryAcquire()).isPresent();
    assertThat(share.tryAcquire()).isEmpty();
    assertThat(limiter.inUse()).isEqualTo(1);
    assertThat(limiter.tryAcquire()).isPresent();
  }

  @Test
  void refusesAShareWithPlacesWhileTheWholeIsFull() {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(1);
    Share share = limiter.share("large", 5).share("inner", 5);
    Grant grant = limiter.tryAcquire().orElseThrow();
    assertThat(share.tryAcquire()).isEmpty();
    assertThat(share.inUse()).isZero();
    grant.close();
    assertThat(share.tryAcquire()).isPresent();
  }

  @Test
  void letsSharesSumUpToMoreThanTheWhole() {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(3);
    Share a = limiter.share("a", 2);
    Share b = limiter.share("b", 2);
    Grant first = a.tryAcquire().orElseThrow();
    assertThat(a.tryAcquire()).isPresent();
    assertThat(b.tryAcquire()).isPresent();
    assertThat(b.tryAcquire()).isEmpty();
    first.close();
    assertThat(b.tryAcquire()).isPresent();
  }

  /**
   * Closing twice raises the limit of a resilience4j bulkhead and of Netflix concurrency-limits.
   */
  @Test
  void returnsAPermitOnceHoweverOftenItIsClosed() {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(2);
    Share share = limiter.share("share", 2);
    Grant first = share.tryAcquire().orElseThrow();
    Grant second = share.tryAcquire().orElseThrow();
    first.close();
    first.close();
    first.close();
    assertThat(share.inUse()).isEqualTo(1);
    assertThat(share.tryAcquire()).isPresent();
    assertThat(share.tryAcquire()).isEmpty();
    second.close();
    assertThat(limiter.inUse()).isEqualTo(1);
  }

  /** A refusal of Failsafe's bulkhead destroys a permit (#393). */
  @Test
  void losesNothingByRefusing() {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(1);
    Share share = limiter.share("share", 5);
    Grant grant = limiter.tryAcquire().orElseThrow();
    for (int i = 0; i < 1_000; i++) {
      assertThat(share.tryAcquire()).isEmpty();
    }
    grant.close();
    assertThat(limiter.inUse() + share.inUse()).isZero();
    assertThat(share.tryAcquire()).isPresent();
  }

  @Test
  void closesALimitOfZero() {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(5);
    assertThat(limiter.share("none", 0).tryAcquire()).isEmpty();
    assertThat(new ConcurrencyLimiter(0).tryAcquire()).isEmpty();
  }

  @Test
  void aShareHasAName() {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(1);
    assertThatNullPointerException().isThrownBy(() -> limiter.share(null, 1));
  }

  @Test
  void refusesNegativeLimits() {
    assertThatIllegalArgumentException().isThrownBy(() -> new ConcurrencyLimiter(-1));
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> limiter.share("failing", -1))
        .withMessageContaining("failing");
  }

  @Test
  void takesTheLargestLimit() {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(Integer.MAX_VALUE);
    List<Optional<Grant>> grants = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      grants.add(limiter.tryAcquire());
    }
    assertThat(grants).allMatch(Optional::isPresent);
    assertThat(limiter.inUse()).isEqualTo(1_000);
  }

  @Test
  void makesAShareOfItsOwnForEachCall() {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(5);
    Share one = limiter.share("same", 1);
    Share other = limiter.share("same", 1);
    assertThat(one.tryAcquire()).isPresent();
    assertThat(other.tryAcquire()).isPresent();
    assertThat(one.name()).isEqualTo(other.name());
    assertThat(one.limit()).isEqualTo(1);
  }

  @Test
  void allocatesNothingToRefuse() {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(2);
    Share share = limiter.share("share", 1);
    share.tryAcquire().orElseThrow();
    Allocations.assertNone(
        100_000,
        i -> {
          if (share.tryAcquire().isPresent()) {
            throw new AssertionError();
          }
        });
  }

  @Test
  void allocatesAtMostThirtyTwoBytesForAPermit() {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(1);
    Allocations.assertAtMost(32.5, 100_000, i -> limiter.tryAcquire().orElseThrow().close());
  }
}
