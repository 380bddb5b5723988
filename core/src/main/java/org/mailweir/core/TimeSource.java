package org.mailweir.core;

/**
 * A monotonic clock in nanoseconds, with an arbitrary origin: any {@code long} may be a reading, so
 * two readings are compared only by the sign of their difference.
 *
 * <p>Thread safety: implementations must be safe for use by many threads.
 */
@FunctionalInterface
public interface TimeSource {
  /** {@return the present reading in nanoseconds} */
  long nanoTime();
}
