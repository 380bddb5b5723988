package org.mailweir.core;

/**
 * The delays of a schedule before they are spread: a function of the failed attempts, from the
 * first delay up to the longest. All in nanoseconds, above 0; no number of attempts overflows.
 *
 * <p>Thread safety: immutable.
 */
sealed interface Backoff {
  /** Returns the delay after so many failed attempts, at least 1. */
  long after(int attempts);

  /** Multiplies its delay with every attempt, up to the longest. */
  record Exponential(long first, long longest, double factor) implements Backoff {
    @Override
    public long after(int attempts) {
      // By squaring, in doubles: they grow to infinity instead of wrapping, and the cast back
      // saturates. StrictMath.pow would do, but allocates until it is compiled.
      double power = 1;
      double square = factor;
      for (int left = attempts - 1; left > 0; left >>= 1) {
        if ((left & 1) != 0) {
          power *= square;
        }
        square *= square;
      }
      return power == 1 ? first : Math.min(longest, (long) (first * power));
    }
  }

  /** Gives one delay after the other, then the last one for ever. */
  @SuppressWarnings("ArrayRecordComponent") // made here, read here, never compared
  record Listed(long... delays) implements Backoff {
    @Override
    public long after(int attempts) {
      return delays[Math.min(attempts, delays.length) - 1];
    }
  }
}
