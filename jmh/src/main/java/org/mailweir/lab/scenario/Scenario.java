package org.mailweir.lab.scenario;

import java.util.List;
import java.util.function.Consumer;

/**
 * Something that happens to a relay.
 *
 * @param name on the command line
 * @param story in one sentence
 * @param measured mail that was created in this time counts
 * @param least how long a run takes at least, in virtual seconds
 * @param end when a run ends at the latest; it ends before if all is delivered that can be
 * @param plan puts it on the stage, before the run begins
 * @param bounds what is expected of Mailweir with {@value #USUAL_CLIENTS} clients
 */
public record Scenario(
    String name,
    String story,
    Span measured,
    double least,
    double end,
    Consumer<Stage> plan,
    List<Bound> bounds) {
  /** M, if nothing else is said. */
  public static final int USUAL_CLIENTS = 100;
}
