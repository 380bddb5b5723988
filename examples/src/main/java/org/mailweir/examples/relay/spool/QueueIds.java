package org.mailweir.examples.relay.spool;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes queue ids that look like the long ones of Postfix (mail_queue.h, {@code MQID_LG_*}), so
 * that every tool that knows those reads the time of arrival from ours: seconds since 1970 as six
 * digits of base 52, microseconds as four, {@code z}, and where Postfix has the inode a number of
 * this process in base 51. The digits are the ASCII digits and letters without vowels.
 *
 * <p>No two are the same: a process never uses a microsecond twice, even if its clock is set back,
 * and of two processes each has drawn its number among 300 million. They ascend within a process.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class QueueIds {
  private static final String DIGITS = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";
  private static final int TIME_BASE = 52;
  private static final int INODE_BASE = 51;
  private static final int PROCESSES = 345_025_251; // 51^5: five digits
  private static final long MICROS = 1_000_000;

  private final Clock clock;
  private final String suffix;
  private final AtomicLong last = new AtomicLong();

  /** Creates a generator with a number of its own. */
  public QueueIds(Clock clock) {
    this(clock, new SecureRandom().nextInt(PROCESSES));
  }

  QueueIds(Clock clock, int process) {
    this.clock = clock;
    this.suffix = "z" + digits(process, INODE_BASE, 5);
  }

  /** Returns the next id: 16 characters of {@code [0-9A-Za-z]}. */
  public String next() {
    Instant now = clock.instant();
    long micros = now.getEpochSecond() * MICROS + TimeUnit.NANOSECONDS.toMicros(now.getNano());
    long mine = last.updateAndGet(before -> Math.max(before + 1, micros));
    return digits(mine / MICROS, TIME_BASE, 6) + digits(mine % MICROS, TIME_BASE, 4) + suffix;
  }

  private static String digits(long value, int base, int length) {
    char[] digits = new char[length];
    long rest = value;
    for (int i = length - 1; i >= 0; i--) {
      digits[i] = DIGITS.charAt((int) (rest % base));
      rest /= base;
    }
    return new String(digits);
  }
}
