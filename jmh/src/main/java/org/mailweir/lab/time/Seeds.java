package org.mailweir.lab.time;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Hands out one random generator for each subject, so that what one subject draws changes nothing
 * for another: the same seed gives the same mail and the same hosts under every policy.
 *
 * @param seed of the run
 */
public record Seeds(long seed) {
  /** Returns the generator of a subject, from its beginning. */
  public SplittableRandom of(String subject) {
    long hash = 1125899906842597L;
    for (int i = 0; i < subject.length(); i++) {
      hash = 31 * hash + subject.charAt(i);
    }
    return new SplittableRandom(seed ^ (hash * 0x9E3779B97F4A7C15L));
  }

  /** Draws from the standard normal distribution, to the same bits on every machine. */
  public static double gaussian(RandomGenerator random) {
    // Box and Muller 1958; StrictMath, as Math may differ in the last bit between processors.
    return StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()))
        * StrictMath.cos(2 * Math.PI * random.nextDouble());
  }

  /** Draws the time to the next of events that come at random, so many a second on average. */
  public static double gap(RandomGenerator random, double perSecond) {
    return -StrictMath.log(1 - random.nextDouble()) / perSecond;
  }
}
