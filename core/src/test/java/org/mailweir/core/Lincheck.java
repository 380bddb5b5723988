package org.mailweir.core;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;

/**
 * How much Lincheck tries: little enough for each build. Both ways of trying check that what the
 * operations return could have come from calling them one after the other.
 */
final class Lincheck {
  /** Plain collections, which only their owner's lock guards: no switch within them. */
  private static final Set<String> GUARDED =
      Set.of(
          "java.util.ArrayList",
          "java.util.HashMap",
          "java.util.HashSet",
          "java.util.LinkedHashMap",
          "java.util.LinkedHashSet",
          "java.util.Optional",
          CompletableFuture.class.getName());

  private Lincheck() {}

  /** Tries interleavings one by one, and prints the one that is wrong. */
  static void tryInterleavings(Class<?> test) {
    new ModelCheckingOptions()
        .addGuarantee(
            forClasses((String name) -> GUARDED.contains(name)).allMethods().treatAsAtomic())
        .iterations(Integer.getInteger("it", 10))
        .invocationsPerIteration(Integer.getInteger("inv", 100))
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(2)
        .actorsAfter(2)
        .check(test);
  }

  /** Lets threads run freely, many times: finds what needs more switches, or real caches. */
  static void stress(Class<?> test) {
    new StressOptions()
        .iterations(Integer.getInteger("it", 10))
        .invocationsPerIteration(Integer.getInteger("inv2", 2000))
        .threads(2)
        .actorsPerThread(4)
        .actorsBefore(2)
        .actorsAfter(2)
        .check(test);
  }
}
