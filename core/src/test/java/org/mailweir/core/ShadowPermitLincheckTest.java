package org.mailweir.core;

import java.time.Duration;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A permit of a gate in shadow mode, which has no lock: what each call returns is what it would
 * return if they had been called one after the other.
 */
public class ShadowPermitLincheckTest {
  private int ended;
  private final ShadowPermit permit = new ShadowPermit("a test", outcome -> ended++);

  @Operation
  public boolean ready() {
    return permit.ready();
  }

  @Operation
  public boolean detach() {
    return permit.detach();
  }

  @Operation
  public boolean settle() {
    return permit.settle(Outcome.DELIVERED);
  }

  @Operation
  public boolean fail() {
    return permit.fail("words");
  }

  @Operation
  public String requeue() {
    Admission answer = permit.requeue(Duration.ZERO, "words").toCompletableFuture().join();
    return ((Refusal) answer).reason().name();
  }

  @Test
  @Timeout(120)
  void isLinearizable() {
    Lincheck.tryInterleavings(getClass());
  }
}
