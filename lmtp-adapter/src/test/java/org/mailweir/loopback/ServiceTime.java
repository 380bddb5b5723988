package org.mailweir.loopback;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long a mail host takes to answer the final dot. */
@FunctionalInterface
public interface ServiceTime {
  /** Returns one service time in nanoseconds, not negative. */
  long nextNanos(RandomGenerator random);

  /** Returns always the same time. */
  static ServiceTime constant(Duration time) {
    long nanos = time.toNanos();
    return random -> nanos;
  }

  /**
   * Returns times with a lognormal distribution, which is what remote hosts look like.
   *
   * @param sigma standard deviation of the logarithm; 0.6 puts 99 % below four medians
   */
  static ServiceTime lognormal(Duration median, double sigma) {
    double nanos = median.toNanos();
    return random -> (long) (nanos * Math.exp(sigma * random.nextGaussian()));
  }
}
