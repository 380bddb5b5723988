package org.mailweir.core;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Depths of two destinations at most, of which three are asked for: what each operation returns is
 * what it would return if they had been called one after the other.
 */
@Param(name = "destination", gen = IntGen.class, conf = "0:2")
public class DestinationDepthsLincheckTest {
  private final DestinationDepths<Integer> depths = new DestinationDepths<>(2, 2, 1);
  private final DestinationDepths<Integer>.Slot first = depths.tryStart(0).orElseThrow();
  private final DestinationDepths<Integer>.Slot second = depths.tryWait(0).orElseThrow();

  @Operation
  public boolean tryStart(@Param(name = "destination") int destination) {
    return depths.tryStart(destination).isPresent();
  }

  @Operation
  public boolean tryWait(@Param(name = "destination") int destination) {
    return depths.tryWait(destination).isPresent();
  }

  @Operation
  public boolean tryEnter(@Param(name = "destination") int destination) {
    return depths.tryEnter(destination).isPresent();
  }

  @Operation
  public boolean startSecond() {
    return second.start();
  }

  @Operation
  public void closeFirst() {
    first.close();
  }

  @Operation
  public void closeSecond() {
    second.close();
  }

  @Operation
  public String depth(@Param(name = "destination") int destination) {
    return depths.depth(destination).toString();
  }

  @Operation
  public int destinations() {
    return depths.destinations();
  }

  @Test
  @Timeout(120)
  void isLinearizable() {
    Lincheck.tryInterleavings(getClass());
  }
}
