package org.mailweir.core;

import java.util.concurrent.CompletableFuture;
import java.util.Optional;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.core.ConcurrencyLimiter.Grant;
import org.mailweir.core.ConcurrencyLimiter.Share;

public class ConcurrencyLimiterLincheckTest {
  private final ConcurrencyLimiter limiter = new ConcurrencyLimiter(3, 2);
  private final Share share = limiter.share("share", 2);
  private final Grant one = limiter.tryAcquire().orElseThrow();
  private final Grant two = share.tryAcquire().orElseThrow();

  @Operation
  public boolean tryAcquire() {
    return limiter.tryAcquire().isPresent();
  }

  @Operation
  public boolean tryAcquireOfTheShare() {
    return share.tryAcquire().isPresent();
  }

  @Operation
  public void closeOne() {
    one.close();
  }

  @Operation
  public void closeTwo() {
    two.close();
  }

  @Operation
  public void await() {
    limiter.acquireAsync();
  }

  @Operation
  public void awaitShare() {
    share.acquireAsync();
  }

  @Operation
  public int inUse() {
    return limiter.inUse();
  }

  @Operation
  public int shareInUse() {
    return share.inUse();
  }

  @Operation
  public int waiting() {
    return limiter.waiting();
  }

  @Test
  @Timeout(120)
  void isLinearizableInAllInterleavingsTried() {
    Lincheck.tryInterleavings(getClass());
  }

  @Test
  @Timeout(120)
  void isLinearizableUnderStress() {
    Lincheck.stress(getClass());
  }
}
