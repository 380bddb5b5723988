package org.mailweir.lab.scenario;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.mailweir.lab.mail.Kind;
import org.mailweir.lab.world.Conduct;
import org.mailweir.lab.world.Reach;

/**
 * Deferred mail for dead destinations.
 *
 * @param messages spread evenly over the destinations, in random order
 * @param destinations that are dead
 * @param age of the messages when the run begins, in seconds
 */
record Herd(int messages, int destinations, double age) {
  /** How the names of dead destinations begin. */
  static final String NAME = "dead";

  private static final double LEAST_BACKOFF = 300;
  private static final double MOST_BACKOFF = 4000;

  /** Adds it as deferred mail, each message due at some time within its backoff. */
  void deferred(Stage stage) {
    SplittableRandom random = stage.random(NAME);
    double backoff = Math.min(MOST_BACKOFF, Math.max(LEAST_BACKOFF, age));
    for (String destination : destinations(stage)) {
      double due = random.nextDouble() * backoff;
      stage.deferred(age, due, Kind.DEAD, destination, random);
    }
  }

  /** Adds it as mail that is already in the active queue. */
  void active(Stage stage) {
    SplittableRandom random = stage.random(NAME);
    for (String destination : destinations(stage)) {
      stage.active(age, Kind.DEAD, destination, random);
    }
  }

  private List<String> destinations(Stage stage) {
    for (int i = 0; i < destinations; i++) {
      stage.host(NAME + i, Conduct.dead(Reach.BLACK_HOLE));
    }
    List<String> all = new ArrayList<>();
    for (int i = 0; i < messages; i++) {
      all.add(NAME + i % destinations);
    }
    Collections.shuffle(all, new Random(stage.random("order").nextLong()));
    return all;
  }
}
