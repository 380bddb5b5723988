package org.mailweir.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.core.Attempt;

class QueueIdTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final String DIGITS = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";

  /** Writes an id as safe_ultostr.c and mail_queue.h describe it. */
  private static String id(Instant arrival, long inode) {
    return number(arrival.getEpochSecond(), 52, 6)
        + number(arrival.getNano() / 1000, 52, 4)
        + 'z'
        + number(inode, 51, 1);
  }

  private static String number(long value, int base, int pad) {
    StringBuilder digits = new StringBuilder();
    for (long rest = value; rest > 0; rest /= base) {
      digits.insert(0, DIGITS.charAt((int) (rest % base)));
    }
    while (digits.length() < pad) {
      digits.insert(0, '0');
    }
    return digits.toString();
  }

  @ParameterizedTest
  @CsvSource({
    "0, FRESH",
    "299, FRESH",
    "300, RETRIED",
    "4000, RETRIED",
    "432000, RETRIED",
    "-1, FRESH",
    "-60, FRESH",
    "-61, UNKNOWN",
    "40000000, UNKNOWN"
  })
  void tellsTheAgeOfALongId(long age, Attempt attempt) {
    String id = id(NOW.minusSeconds(age), 1_234_567);
    assertThat(QueueId.attempt(Optional.of(id), NOW)).isEqualTo(attempt);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "8F3D22C0A1", // short
        "4bVcQ41zXy", // too short a time
        "4bVcQ4CNLm", // no separator
        "4bVcQ4CNLmz", // no inode
        "4bVcQ4zzzzz3", // more than a million microseconds
        "4bVcA4CNLmz3Q", // a vowel
        "4bVcQ4CNLmz3e",
        "00004bVcQ4CNLmz3Q", // ten digits of seconds
        "zzzzzzzzzzzzzzzzz", // would be 52^13
        ""
      })
  void knowsNothingOfOtherIds(String id) {
    assertThat(QueueId.attempt(Optional.of(id), NOW)).isEqualTo(Attempt.UNKNOWN);
  }

  @Test
  void knowsNothingWithoutAnId() {
    assertThat(QueueId.attempt(Optional.empty(), NOW)).isEqualTo(Attempt.UNKNOWN);
  }

  @Test
  void takesTheLastSeparatorSinceTheTimeMayHoldOneToo() {
    Instant arrival = Instant.ofEpochSecond(51L + 52 * 51, 51_000);
    assertThat(id(arrival, 7)).isEqualTo("0000zz000zz7");
    assertThat(QueueId.arrival("0000zz000zz7")).contains(arrival);
  }

  @Property(tries = 300)
  void readsWhatPostfixWrites(
      @ForAll @LongRange(max = 1L << 36) long seconds,
      @ForAll @IntRange(max = 999_999) int micros,
      @ForAll @LongRange(min = 1) long inode) {
    Instant arrival = Instant.ofEpochSecond(seconds, micros * 1000L);
    assertThat(QueueId.arrival(id(arrival, inode))).contains(arrival);
  }

  @Property(tries = 300)
  void neverFails(@ForAll @StringLength(max = 40) String id) {
    assertThat(QueueId.attempt(Optional.of(id), NOW)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"4jXDnN5wPlz1SCKS", "4jXDnN5xllz1SCKT", "4jXDnN62ghz1SCKW"})
  void readsIdsThatPostfixWrote(String id) {
    // Postfix 3.7.11; postqueue -j gave "arrival_time": 1795317544 for each
    assertThat(QueueId.arrival(id).orElseThrow().getEpochSecond()).isEqualTo(1_795_317_544L);
  }
}
