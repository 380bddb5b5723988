package org.mailweir.core;

import static java.util.Objects.requireNonNull;

import java.util.Map;

/**
 * Names a {@link RetrySchedule} for each class of failure, as Exim's retry rules do: greylisting
 * passes after minutes, a host that does not connect needs longer, a full mailbox a day.
 *
 * <p>The classes are the embedder's: an enum, a reply code, an enhanced status code. What counts as
 * an attempt is his choice, too: if those of the same class in a row are counted, each class begins
 * with its own first delay; if all are, backing off goes on where the other class was. The age is
 * always the message's own, so each schedule should give up at an age.
 *
 * <p>Thread safety: immutable.
 *
 * @param byFailure the schedules of some classes of failure; copied
 * @param otherwise the schedule of all others
 * @param <F> class of failure; needs {@code equals} and {@code hashCode}
 */
public record RetryRules<F>(Map<F, RetrySchedule> byFailure, RetrySchedule otherwise) {
  /**
   * Keeps its own copy of the map.
   *
   * @param byFailure see {@link #byFailure}
   * @param otherwise see {@link #otherwise}
   * @throws NullPointerException if the map has a null key or value, or a schedule is null
   */
  public RetryRules {
    byFailure = Map.copyOf(byFailure);
    requireNonNull(otherwise);
  }

  /**
   * {@return the schedule to follow after a failure of that class} Allocates nothing.
   *
   * @param failure its class
   */
  public RetrySchedule after(F failure) {
    return byFailure.getOrDefault(failure, otherwise);
  }
}
