package org.mailweir.examples.primitives;

import java.util.List;
import org.mailweir.core.DestinationDepths;

/** At most two in flight and one waiting per destination; the rest is refused at once. */
public final class DestinationDepthsExample {
  private DestinationDepthsExample() {}

  /** Prints what becomes of five messages, and how deep their destinations are. */
  public static void main(String[] args) {
    var depths = new DestinationDepths<String>(10_000, 2, 1);
    for (String destination : List.of("a.example", "a.example", "a.example", "a.example")) {
      String became =
          depths
              .tryEnter(destination)
              .map(slot -> slot.isInFlight() ? "delivered now" : "waits")
              .orElse("451 4.4.1 too much for " + destination + " already");
      System.out.println(became);
    }
    try (var slot = depths.tryEnter("b.example").orElseThrow()) {
      System.out.println("to b.example: " + slot.isInFlight() + ", " + depths.busiest(2));
    } // the place is free again, whatever happened
    System.out.println(depths.depth("b.example"));
  }
}
