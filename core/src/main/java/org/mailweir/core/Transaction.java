package org.mailweir.core;

/**
 * One client: a message on its way to one or more destinations. All its admissions together hold
 * one client, from the first that is admitted to the last that is settled, detached or refused.
 *
 * <p>Thread safety: all methods may be called by any thread.
 *
 * @param <D> destination
 */
public interface Transaction<D> extends Admitter<D>, AutoCloseable {
  /**
   * Ends all waiting of this transaction: those admissions are refused with {@link
   * Refusal.Reason#CANCELLED}, and so is every later one. Permits already handed out stay valid.
   */
  @Override
  void close();
}
