package org.mailweir.lab.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.mailweir.lab.mail.Kind;
import org.mailweir.lab.time.Seeds;
import org.mailweir.lab.world.Conduct;

/**
 * What a relay does all day. It comes at random, so many a second on average.
 *
 * <p>Thread safety: none; a run is one thread.
 */
final class Everyday {
  /** Destinations that were delivered to before. */
  static final int PROVEN = 50;

  private static final double ZIPF = 0.8;
  private static final double WARM_UP = 5;
  private static final int ROUNDS = 3;

  private Everyday() {}

  /** Mail to {@value #PROVEN} healthy destinations, the first ones more often (Zipf 0.8). */
  static void proven(Stage stage, double perSecond, double from, double until) {
    double[] weights = new double[PROVEN];
    for (int i = 0; i < PROVEN; i++) {
      stage.host("proven" + i, Conduct.healthy());
      weights[i] = StrictMath.pow(i + 1.0, -ZIPF) + (i == 0 ? 0 : weights[i - 1]);
    }
    SplittableRandom random = stage.random("proven");
    for (double t = from; t < until; t += Seeds.gap(random, perSecond)) {
      double pick = random.nextDouble() * weights[PROVEN - 1];
      int i = 0;
      while (weights[i] < pick) {
        i++;
      }
      stage.send(t, Kind.PROVEN, "proven" + i, random);
    }
  }

  /** Lets some destinations be known when the measuring begins: a few messages each. */
  static void warmUp(Stage stage, List<String> destinations) {
    SplittableRandom random = stage.random("warm-up");
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < destinations.size(); i++) {
        double at = WARM_UP * round + WARM_UP * i / destinations.size();
        stage.send(at, Kind.WARM_UP, destinations.get(i), random);
      }
    }
  }

  /** Returns the names of the proven destinations. */
  static List<String> provenNames() {
    return names("proven", PROVEN);
  }

  static List<String> names(String prefix, int count) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(prefix + i);
    }
    return names;
  }

  /** One message each to healthy destinations never seen before. */
  static void unseen(Stage stage, double perSecond, double from, double until) {
    SplittableRandom random = stage.random("unseen");
    int next = 0;
    for (double t = from; t < until; t += Seeds.gap(random, perSecond)) {
      String destination = "unseen" + next++;
      stage.host(destination, Conduct.healthy());
      stage.send(t, Kind.UNSEEN, destination, random);
    }
  }

  /** Mail to one of some destinations after the other, in turns. */
  static void inTurns(
      Stage stage, Kind kind, List<String> names, double perSecond, double from, double until) {
    SplittableRandom random = stage.random(kind.key());
    int next = 0;
    for (double t = from; t < until; t += Seeds.gap(random, perSecond)) {
      stage.send(t, kind, names.get(next++ % names.size()), random);
    }
  }
}
