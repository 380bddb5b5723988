package org.mailweir.core;

import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.core.ConcurrencyLimiter.Grant;
import org.mailweir.core.ConcurrencyLimiter.Share;

/**
 * Three permits, two of them for a share, and a line of two: what each operation returns is what it
 * would return if they had been called one after the other.
 */
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
  public boolean tryAcquireOfShare() {
    return share.tryAcquire().isPresent();
  }

  /** Whether the future is done is not asked: it may have been served meanwhile. */
  @Operation
  public void acquireAsync() {
    limiter.acquireAsync();
  }

  @Operation
  public void acquireAsyncOfShare() {
    share.acquireAsync();
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
  public void close() {
    limiter.close();
  }

  @Operation
  public int inUse() {
    return limiter.inUse();
  }

  @Operation
  public int inUseOfShare() {
    return share.inUse();
  }

  @Operation
  public int waiting() {
    return limiter.waiting();
  }

  @Test
  @Timeout(120)
  void isLinearizable() {
    Lincheck.tryInterleavings(getClass());
  }
}
