package org.mailweir.lab.scenario;

/**
 * A part of a run.
 *
 * @param from its first moment, in virtual seconds
 * @param until the first moment after it
 */
public record Span(double from, double until) {
  /** Returns whether a moment is in it. */
  public boolean contains(double seconds) {
    return seconds >= from && seconds < until;
  }

  /** Returns how long it is, in seconds. */
  public double length() {
    return until - from;
  }
}
