package org.mailweir.lab.scenario;

import static org.mailweir.lab.scenario.Bound.atLeast;
import static org.mailweir.lab.scenario.Bound.atMost;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.mailweir.lab.mail.Kind;
import org.mailweir.lab.time.Seeds;
import org.mailweir.lab.world.Conduct;
import org.mailweir.lab.world.Reach;

/** S1 to S3, S8 and S11: mail for dead domains beside everyday mail. */
final class Herds {
  private static final double BEGIN = 30;
  private static final double FLUSH = 60;
  private static final double MAIL_UNTIL = 1200;
  private static final double LONG = 7200;
  private static final int MESSAGES = 20_000;
  private static final double OLD = 5000;
  private static final double YOUNG = 100;

  private static final List<Bound> FRESH_IN_TIME =
      List.of(
          atLeast("proven.count", 1000),
          atLeast("unseen.count", 1000),
          atMost("proven.p99", 1),
          atLeast("unseen.within-1s", 1));

  private Herds() {}

  private static void everyday(Stage stage, double perSecond) {
    Everyday.warmUp(stage, Everyday.provenNames());
    Everyday.proven(stage, perSecond, BEGIN, MAIL_UNTIL);
    Everyday.unseen(stage, 1, BEGIN, MAIL_UNTIL);
  }

  static Scenario afterFlush(String name, String story, Consumer<Stage> plan, List<Bound> bounds) {
    return new Scenario(name, story, new Span(FLUSH, MAIL_UNTIL), LONG, LONG, plan, bounds);
  }

  /** Returns S1, S2 or S3, or one like them. */
  static Scenario herd(String name, String story, int destinations) {
    return afterFlush(
        name,
        story,
        stage -> {
          everyday(stage, 4);
          new Herd(MESSAGES, destinations, OLD).deferred(stage);
          stage.flush(FLUSH);
        },
        FRESH_IN_TIME);
  }

  static Scenario coldStart() {
    return afterFlush(
        "S3c",
        "S3 at a cold start: nothing is known of any destination",
        stage -> {
          Everyday.proven(stage, 4, FLUSH, MAIL_UNTIL);
          Everyday.unseen(stage, 1, FLUSH, MAIL_UNTIL);
          new Herd(MESSAGES, 5000, OLD).deferred(stage);
          stage.flush(FLUSH);
        },
        List.of(atLeast("proven.within-1s", 0.995), atLeast("unseen.within-1s", 0.99)));
  }

  static Scenario alreadyActive() {
    return afterFlush(
        "S3p",
        "S3 with the herd in the active queue when it begins: Postfix' own order",
        stage -> {
          stage.at(FLUSH, () -> new Herd(MESSAGES, 5000, OLD).active(stage));
          everyday(stage, 4);
        },
        List.of(atMost("proven.max", 30), atMost("unseen.max", 30)));
  }

  static Scenario youngHerd() {
    return afterFlush(
        "S3y",
        "a herd of 1,000 domains that is younger than 300 s and so passes for fresh mail",
        stage -> {
          everyday(stage, 4);
          new Herd(MESSAGES, 1000, YOUNG).deferred(stage);
          stage.flush(FLUSH);
        },
        List.of(atMost("proven.p99", 1), atLeast("unseen.within-1s", 0.99)));
  }

  static Scenario bigAndHerd() {
    return afterFlush(
        "S8",
        "S5 and S3 together",
        stage -> {
          SlowSites.bigSite(stage, MAIL_UNTIL);
          new Herd(MESSAGES, 5000, OLD).deferred(stage);
          stage.flush(FLUSH);
        },
        FRESH_IN_TIME);
  }

  static Scenario everNewDead() {
    return afterFlush(
        "S11",
        "5 fresh messages a second to dead domains that nobody has seen before",
        stage -> {
          everyday(stage, 4);
          SplittableRandom random = stage.random("dead");
          int next = 0;
          for (double t = FLUSH; t < MAIL_UNTIL; t += Seeds.gap(random, 5)) {
            String destination = Herd.NAME + next++;
            stage.host(destination, Conduct.dead(Reach.BLACK_HOLE));
            stage.send(t, Kind.DEAD, destination, random);
          }
        },
        List.of(atMost("proven.p99", 1), atLeast("unseen.within-1s", 0.99)));
  }
}
