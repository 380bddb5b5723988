package org.mailweir.jmh.timer;

/**
 * What the benchmarks ask of every timer: a number of slots, each of which holds one that is
 * planned or none.
 *
 * <p>Thread safety: none; one thread asks.
 */
public interface Timers extends AutoCloseable {
  /**
   * Plans the timer of a slot whose former one was cancelled, or has fired.
   *
   * @param deadline nanoseconds after this object was made
   */
  void schedule(int slot, long deadline);

  /** Cancels the timer of a slot, which may have fired already. */
  void cancel(int slot);

  /** Waits until then, if time is not an argument. */
  default void pass(long deadline) {}

  /**
   * Lets those fire that are due by then, and returns when they have.
   *
   * @param count how many will have fired, those before included
   */
  void fireUntil(long deadline, long count);

  /** Returns how many have fired. */
  long fired();

  /** Stops its threads, if it has any. */
  @Override
  void close();
}
