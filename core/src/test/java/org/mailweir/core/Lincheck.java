package org.mailweir.core;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;
import static org.junit.jupiter.api.Assumptions.abort;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;

/**
 * How much Lincheck tries: little enough for each build. {@code -Dlincheck.scenarios=100
 * -Dlincheck.invocations=2000} tries more.
 */
final class Lincheck {
  static final int SCENARIOS = Integer.getInteger("lincheck.scenarios", 5);
  static final int INVOCATIONS = Integer.getInteger("lincheck.invocations", 40);

  /** Plain collections, which only their owner's lock guards: no switch within them. */
  private static final Set<String> GUARDED =
      Set.of(
          "java.util.ArrayList",
          "java.util.HashMap",
          "java.util.HashSet",
          "java.util.LinkedHashMap",
          "java.util.LinkedHashSet",
          "java.util.Optional",
          "java.util.concurrent.ConcurrentHashMap",
          CompletableFuture.class.getName());

  private Lincheck() {}

  /**
   * Tries interleavings of the test's operations, and fails with the one whose results calls in
   * turn could not have had.
   */
  static void tryInterleavings(Class<?> test) {
    assumeItRuns();
    new ModelCheckingOptions()
        .addGuarantee(
            forClasses((String name) -> GUARDED.contains(name)).allMethods().treatAsAtomic())
        .iterations(SCENARIOS)
        .invocationsPerIteration(INVOCATIONS)
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(2)
        .actorsAfter(2)
        .check(test);
  }

  /** Skips the test where Lincheck cannot change the code that it is to interleave. */
  static void assumeItRuns() {
    try {
      ByteBuddyAgent.install();
    } catch (IllegalStateException refused) {
      abort("Lincheck needs an agent, which this JVM does not load: " + refused.getMessage());
    }
  }
}
