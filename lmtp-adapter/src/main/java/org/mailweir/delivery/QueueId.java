package org.mailweir.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.mailweir.core.Attempt;

/**
 * Reads the arrival time from a long queue id of Postfix (enable_long_queue_ids), and from that
 * whether this is a message's first attempt.
 *
 * <p>The format (mail_queue.h, {@code MQID_LG_*}): seconds since 1970 in base 52, six characters or
 * more; microseconds in base 52, exactly four; {@code z}; the inode in base 51, which leaves out
 * {@code z}, so that the last {@code z} is the separator. The digits are the ASCII digits and
 * letters without vowels. Short ids are hexadecimal and hold no {@code z} and no seconds.
 */
final class QueueId {
  /** Postfix tries a message again after minimal_backoff_time at the earliest, 300 s. */
  private static final Duration FRESH = Duration.ofSeconds(300);

  private static final Duration CLOCKS_APART = Duration.ofMinutes(1);

  /** Far above any maximal_queue_lifetime: not an arrival time. */
  private static final Duration OLDEST = Duration.ofDays(365);

  private static final String DIGITS = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";
  private static final int SECONDS_LEAST = 6;
  private static final int SECONDS_MOST = 7; // 52^7 s are 32,000 years
  private static final int MICROS_LENGTH = 4;
  private static final int MICROS = 1_000_000;
  private static final char SEPARATOR = 'z';
  private static final long BAD = -1;

  private QueueId() {}

  /** Returns how often the message was tried, as far as its id tells by this time. */
  static Attempt attempt(Optional<String> queueId, Instant now) {
    Optional<Instant> arrival = queueId.flatMap(QueueId::arrival);
    if (arrival.isEmpty()) {
      return Attempt.UNKNOWN;
    }
    Duration age = Duration.between(arrival.get(), now);
    if (age.compareTo(CLOCKS_APART.negated()) < 0 || age.compareTo(OLDEST) > 0) {
      return Attempt.UNKNOWN;
    }
    return age.compareTo(FRESH) < 0 ? Attempt.FRESH : Attempt.RETRIED;
  }

  /** Returns when the message with this id arrived; empty if it is no long queue id. */
  static Optional<Instant> arrival(String queueId) {
    int separator = queueId.lastIndexOf(SEPARATOR);
    int seconds = separator - MICROS_LENGTH;
    if (seconds < SECONDS_LEAST || seconds > SECONDS_MOST) {
      return Optional.empty();
    }
    long second = number(queueId, 0, seconds);
    long micros = number(queueId, seconds, separator);
    String inode = queueId.substring(separator + 1);
    if (second == BAD || micros == BAD || micros >= MICROS || !isInode(inode)) {
      return Optional.empty();
    }
    return Optional.of(Instant.ofEpochSecond(second, micros * 1000));
  }

  private static boolean isInode(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> DIGITS.indexOf(c) >= 0);
  }

  /** Returns the value of at most seven digits, which fit in 40 bits. */
  private static long number(String text, int from, int to) {
    long value = 0;
    for (int i = from; i < to; i++) {
      int digit = DIGITS.indexOf(text.charAt(i));
      if (digit < 0) {
        return BAD;
      }
      value = value * DIGITS.length() + digit;
    }
    return value;
  }
}
