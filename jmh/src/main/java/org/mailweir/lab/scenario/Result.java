package org.mailweir.lab.scenario;

import java.util.List;
import java.util.Map;

/**
 * What a run showed.
 *
 * @param scenario its name
 * @param policy its name
 * @param clients M
 * @param seed from which all was drawn
 * @param seconds how long it was, in virtual seconds
 * @param figures by name; the names are in docs/herd.md
 * @param refusals how many letters were refused without a try, by the policy's reasons
 * @param courses how it went: one value for each {@link #STEP} seconds, by name
 */
public record Result(
    String scenario,
    String policy,
    int clients,
    long seed,
    double seconds,
    Map<String, Double> figures,
    Map<String, Long> refusals,
    Map<String, List<Double>> courses) {
  /** Seconds from one value of a course to the next. */
  public static final int STEP = 10;

  /** The longest wait of the healthy mail that was created in each step, in seconds. */
  public static final String WAIT = "wait";

  /** Attempts a second, probes included. */
  public static final String ATTEMPTS = "attempts";

  /** Messages in the queues. */
  public static final String BACKLOG = "backlog";

  /** Clients that hold a message. */
  public static final String CLIENTS = "clients";

  /** Connections to the site that is watched. */
  public static final String OPEN = "open";

  /** What the policy would allow it. */
  public static final String WINDOW = "window";

  /** Returns this without how it went. */
  public Result withoutCourses() {
    return new Result(scenario, policy, clients, seed, seconds, figures, refusals, Map.of());
  }

  /** Returns the name of the policy with its clients, such as {@code mailweir, M = 100}. */
  public String title() {
    return policy + ", M = " + clients;
  }
}
