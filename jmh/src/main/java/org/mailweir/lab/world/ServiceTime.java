package org.mailweir.lab.world;

import java.util.random.RandomGenerator;
import org.mailweir.lab.time.Seeds;

/** How long a host takes for a message, from MAIL to its last reply. */
public sealed interface ServiceTime {
  /** Draws one, in seconds. */
  double draw(RandomGenerator random);

  /**
   * Lognormal.
   *
   * @param median in seconds
   * @param sigma of the logarithm; 0 for always the median
   */
  record Lognormal(double median, double sigma) implements ServiceTime {
    @Override
    public double draw(RandomGenerator random) {
      return median * StrictMath.exp(sigma * Seeds.gaussian(random));
    }
  }

  /** Anything between two times in seconds, evenly. */
  record Between(double least, double most) implements ServiceTime {
    @Override
    public double draw(RandomGenerator random) {
      return least + (most - least) * random.nextDouble();
    }
  }
}
