package org.mailweir.examples.relay.outbound;

import java.util.concurrent.atomic.LongAdder;

/**
 * What has become of outbound mail since the start. Of mail that is done recipients are counted.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class OutboundCounts {
  private final LongAdder accepted = new LongAdder();
  private final LongAdder attempts = new LongAdder();
  private final LongAdder delivered = new LongAdder();
  private final LongAdder bounced = new LongAdder();
  private final LongAdder expired = new LongAdder();
  private final LongAdder notices = new LongAdder();

  OutboundCounts() {}

  /** Returns how many entries were taken: messages, once for each destination of theirs. */
  public long accepted() {
    return accepted.sum();
  }

  /** Returns how many attempts at a delivery were begun. */
  public long attempts() {
    return attempts.sum();
  }

  /** Returns how many recipients were delivered to. */
  public long delivered() {
    return delivered.sum();
  }

  /** Returns how many recipients were refused for good. */
  public long bounced() {
    return bounced.sum();
  }

  /** Returns how many recipients were given up when their time was over, or by hand. */
  public long expired() {
    return expired.sum();
  }

  /** Returns how many notifications were written. */
  public long notices() {
    return notices.sum();
  }

  void accepted(int entries) {
    accepted.add(entries);
  }

  void attempt() {
    attempts.increment();
  }

  void delivered(int recipients) {
    delivered.add(recipients);
  }

  void bounced(int recipients) {
    bounced.add(recipients);
  }

  void expired(int recipients) {
    expired.add(recipients);
  }

  void noticed(int written) {
    notices.add(written);
  }
}
