package org.mailweir.core;

/**
 * A task for the embedder: open a connection to the destination up to the point where MAIL may be
 * sent, with the timeouts of a delivery, quit, and report.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public interface Probe<D> extends AutoCloseable {
  /** Returns the destination to be tried. */
  D destination();

  /**
   * Reports the result: {@link Outcome#READY} when the point was reached, {@link
   * Outcome#UNREACHABLE}, {@link Outcome#PUSHED_BACK} or {@link Outcome#UNRESOLVED} else.
   *
   * @param detail the failure in words; may be empty
   * @return whether the report counted; false after an earlier one, or when the lease is over
   */
  boolean settle(Outcome outcome, String detail);

  /** Reports the result without words. See {@link #settle(Outcome, String)}. */
  default boolean settle(Outcome outcome) {
    return settle(outcome, "");
  }

  /** Reports {@link Outcome#UNKNOWN} unless settled before. */
  @Override
  default void close() {
    settle(Outcome.UNKNOWN, "");
  }
}
