package org.mailweir.core;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;
import static org.junit.jupiter.api.Assumptions.abort;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
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
    options()
        .iterations(SCENARIOS)
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(2)
        .actorsAfter(2)
        .check(test);
  }

  /** Tries interleavings of certain calls, made by several threads at once. */
  static void tryScenario(
      Class<?> test, List<Actor> before, List<List<Actor>> threads, List<Actor> after) {
    assumeItRuns();
    ExecutionScenario scenario =
        new ExecutionScenario(before, threads, after, actor(test, "isConsistent"));
    options().iterations(0).addCustomScenario(scenario).check(test);
  }

  /** Makes a call of one of the test's operations. */
  static Actor actor(Class<?> test, String operation, Object... arguments) {
    Method method =
        Stream.of(test.getMethods())
            .filter(each -> each.getName().equals(operation))
            .findAny()
            .orElseThrow();
    return new Actor(method, List.of(arguments), false, false, false, false, false);
  }

  private static ModelCheckingOptions options() {
    return new ModelCheckingOptions()
        .addGuarantee(
            forClasses((String name) -> GUARDED.contains(name)).allMethods().treatAsAtomic())
        .invocationsPerIteration(INVOCATIONS);
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
