package org.mailweir.lab.policy;

import java.util.random.RandomGenerator;

/**
 * resilience4j's {@code IntervalFunction.ofExponentialRandomBackoff(initial, multiplier, factor,
 * max)} with a generator that can be seeded: theirs draws from {@code Math.random}.
 *
 * <p>Read: resilience4j-core 2.4.0, IntervalFunction and IntervalFunctionCompanion. As there, the
 * maximum is applied after the randomisation, so that at the cap all delays above it are the same.
 *
 * @param initialSeconds the first delay
 * @param multiplier from one to the next
 * @param randomization part of the delay that is random, to both sides
 * @param maxSeconds none is longer
 */
record Backoffs(double initialSeconds, double multiplier, double randomization, double maxSeconds) {
  double next(int failures, RandomGenerator random) {
    double delay = initialSeconds * StrictMath.pow(multiplier, failures - 1);
    double spread = delay * randomization;
    return Math.min(maxSeconds, delay - spread + random.nextDouble() * 2 * spread);
  }
}
