package org.mailweir.admin;

import java.time.Duration;

/** Says in few words how long something is, as a person wants to read it. */
public final class Spans {
  private Spans() {}

  /**
   * Returns a duration with at most two units: {@code 0 s}, {@code 84 s}, {@code 12 min}, {@code 3
   * h 05 min}, {@code 2 d 4 h}. Cut, not rounded; a negative one is {@code 0 s}.
   */
  public static String of(Duration span) {
    long seconds = Math.max(0, span.toSeconds());
    if (seconds < 120) {
      return seconds + " s";
    }
    long minutes = seconds / 60;
    if (minutes < 120) {
      return minutes + " min";
    }
    long hours = minutes / 60;
    if (hours < 48) {
      long rest = minutes % 60;
      return hours + " h" + (rest == 0 ? "" : (rest < 10 ? " 0" : " ") + rest + " min");
    }
    long rest = hours % 24;
    return hours / 24 + " d" + (rest == 0 ? "" : " " + rest + " h");
  }
}
