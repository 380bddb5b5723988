package org.mailweir.loopback;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * Makes queue ids as Postfix does with {@code enable_long_queue_ids = yes} (mail_queue.h): seconds
 * in base 52, at least six digits, microseconds as four digits, {@code z}, and the inode in base
 * 51. The digits leave out vowels; base 51 leaves out {@code z}.
 */
public final class LongQueueId {
  private static final String DIGITS = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";
  private static final int TIME_BASE = 52;
  private static final int INODE_BASE = 51;

  private LongQueueId() {}

  /** Returns the id of a message that arrived at this time. */
  public static String of(Instant arrival, long inode) {
    long micros = TimeUnit.NANOSECONDS.toMicros(arrival.getNano());
    return digits(arrival.getEpochSecond(), TIME_BASE, 6)
        + digits(micros, TIME_BASE, 4)
        + "z"
        + digits(inode, INODE_BASE, 1);
  }

  private static String digits(long value, int base, int atLeast) {
    StringBuilder reversed = new StringBuilder();
    for (long rest = value; rest > 0 || reversed.length() < atLeast; rest /= base) {
      reversed.append(DIGITS.charAt((int) (rest % base)));
    }
    return reversed.reverse().toString();
  }
}
