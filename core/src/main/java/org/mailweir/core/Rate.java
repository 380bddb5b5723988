package org.mailweir.core;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Locale;

/**
 * How many messages a destination may be sent in a time, evenly spaced: 20 a minute is one every 3
 * s, not 20 at once.
 *
 * <p>In no stretch of {@code per} begin more than {@code messages + burst - 1} deliveries. What
 * counts is the delivery's start, whatever becomes of it.
 *
 * <p>The gate's time moves in steps, and a destination's next turn comes with a step: with steps of
 * 10 ms and no burst, a rate is kept to within 10 ms a message, and never exceeds 100 a second. A
 * burst of as many messages as fall into a step makes up for that.
 *
 * @param messages at least 1
 * @param per above 0, at most a day
 * @param burst how many may begin at once after a pause, from 1 (strictly even) to {@code messages}
 */
public record Rate(int messages, Duration per, int burst) {
  private static final Duration LONGEST = Duration.ofDays(1);

  /**
   * Checks the arguments.
   *
   * @param messages see {@link #messages}
   * @param per see {@link #per}
   * @param burst see {@link #burst}
   * @throws IllegalArgumentException if one is out of range
   */
  public Rate {
    requireNonNull(per);
    if (messages < 1) {
      throw new IllegalArgumentException("messages: " + messages + ", must be at least 1");
    }
    if (per.isNegative() || per.isZero() || per.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("per: " + per + ", must be above 0, at most a day");
    }
    if (burst < 1 || burst > messages) {
      throw new IllegalArgumentException("burst: " + burst + ", must be 1 to " + messages);
    }
  }

  /**
   * {@return the rate with strictly even spacing}
   *
   * @param messages at least 1
   * @param per above 0, at most a day
   * @throws IllegalArgumentException if an argument is out of range
   */
  public static Rate evenly(int messages, Duration per) {
    return new Rate(messages, per, 1);
  }

  /** Returns the time from one message to the next, rounded up: in ns, at least 1. */
  long spacing() {
    return (per.toNanos() + messages - 1) / messages;
  }

  /** Returns how much earlier than evenly spaced a message may begin, in ns. */
  long tolerance() {
    return (burst - 1) * spacing();
  }

  /** Returns the rate in words, such as {@code 20 messages in 1m}. */
  @Override
  public String toString() {
    String time = per.toString().substring(2).toLowerCase(Locale.ROOT);
    String even = messages + (messages == 1 ? " message in " : " messages in ") + time;
    return burst == 1 ? even : even + ", " + burst + " at once";
  }
}
