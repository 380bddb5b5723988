package org.mailweir.lab.scenario;

import static org.mailweir.lab.scenario.Bound.atLeast;
import static org.mailweir.lab.scenario.Bound.atMost;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.mailweir.lab.mail.Kind;
import org.mailweir.lab.time.Seeds;
import org.mailweir.lab.world.Conduct;
import org.mailweir.lab.world.Host;
import org.mailweir.lab.world.Reach;

/** S4, S6, S7 and S12: what else happens to a relay. */
final class Troubles {
  private static final double BEGIN = 30;
  private static final double FLUSH = 60;
  private static final double LONG = 7200;

  /** When a dead site returns: all of its mail was tried at least once by then. */
  private static final double RETURNS = 4500;

  private Troubles() {}

  static Scenario networkDown() {
    return new Scenario(
        "S4",
        "our own network is down for ten minutes, and back",
        new Span(BEGIN, 1500),
        1500,
        LONG,
        stage -> {
          Everyday.warmUp(stage, Everyday.provenNames());
          Everyday.proven(stage, 4, BEGIN, 1500);
          Everyday.unseen(stage, 0.2, BEGIN, 1500);
          stage.networkDown(300, 900);
        },
        List.of(atLeast("after.count", 1000), atMost("after.p99", 60)));
  }

  static Scenario returning(String name, String story, boolean bunched) {
    double from = RETURNS - 300;
    double until = RETURNS + 900;
    return new Scenario(
        name,
        story,
        new Span(from, until),
        until,
        45_000,
        stage -> {
          Everyday.proven(stage, 4, from - BEGIN, until);
          Everyday.unseen(stage, 1, from - BEGIN, until);
          Host host = stage.host("back", Conduct.healthy().limitedTo(20).returningAt(RETURNS));
          stage.watch("back", host);
          stage.trouble(0, RETURNS);
          SplittableRandom random = stage.random("back");
          for (int i = 0; i < 5000; i++) {
            double age = i * 10.0;
            double backoff = Math.min(4000, Math.max(300, age));
            double due = random.nextDouble() * backoff;
            stage.deferred(age, due, Kind.RETURNING, "back", random);
          }
          if (bunched) {
            stage.flush(RETURNS);
          }
        },
        List.of(
            atLeast("proven.count", 1000),
            atLeast("unseen.count", 1000),
            atMost("recovery.first", 300),
            atMost("recovery.undelivered", 0),
            atMost("site.pushed-back-share", 0.01),
            atMost("site.over-limit", 3),
            atMost("proven.p99", 1)));
  }

  static Scenario mix() {
    double until = 1300;
    return new Scenario(
        "S7",
        "healthy, slow, greylisting, flaky and dead sites side by side",
        new Span(FLUSH, until),
        until,
        LONG,
        stage -> {
          Everyday.warmUp(stage, Everyday.provenNames());
          Everyday.proven(stage, 4, BEGIN, until);
          Everyday.unseen(stage, 1, BEGIN, until);
          several(stage, Kind.SLOW, Conduct.taking(10, 30), until);
          several(stage, Kind.GREYLISTED, Conduct.healthy().greylisting(60), until);
          several(stage, Kind.FLAKY, Conduct.healthy().flaky(0.2), until);
          several(stage, Kind.DEAD, Conduct.dead(Reach.BLACK_HOLE), until);
          stage.host("dead-refusing", Conduct.dead(Reach.REFUSES));
          stage.host("dead-silent", Conduct.dead(Reach.NEVER_GREETS));
          SplittableRandom random = stage.random("odd");
          for (double t = BEGIN; t < until; t += Seeds.gap(random, 0.2)) {
            stage.send(
                t, Kind.DEAD, random.nextBoolean() ? "dead-refusing" : "dead-silent", random);
          }
        },
        List.of(
            atLeast("proven.count", 1000),
            atLeast("unseen.count", 1000),
            atLeast("slow.count", 1000),
            atLeast("greylisted.count", 1000),
            atLeast("flaky.count", 1000),
            atLeast("proven.within-1s", 0.999),
            atLeast("unseen.within-1s", 0.99)));
  }

  private static void several(Stage stage, Kind kind, Conduct conduct, double until) {
    List<String> names = Everyday.names(kind == Kind.DEAD ? Herd.NAME : kind.key(), 10);
    names.forEach(name -> stage.host(name, conduct));
    Everyday.inTurns(stage, kind, names, 1, BEGIN, until);
  }

  static Scenario groups() {
    int domains = 300;
    double until = 660;
    return new Scenario(
        "S12",
        "group mail to 2 to 50 of 300 domains, of which a tenth is dead",
        new Span(FLUSH, until),
        until,
        LONG,
        stage -> {
          List<String> names = new ArrayList<>();
          List<String> healthy = new ArrayList<>();
          for (int i = 0; i < domains; i++) {
            boolean dead = i % 10 == 0;
            String name = (dead ? Herd.NAME : "group") + i;
            stage.host(name, dead ? Conduct.dead(Reach.BLACK_HOLE) : Conduct.healthy());
            names.add(name);
            if (!dead) {
              healthy.add(name);
            }
          }
          Everyday.warmUp(stage, healthy);
          SplittableRandom random = stage.random("groups");
          for (double t = BEGIN; t < until; t += Seeds.gap(random, 2)) {
            stage.send(t, Kind.GROUP, pick(names, 2 + random.nextInt(49), random), random);
          }
        },
        List.of(
            atLeast("group.count", 1000),
            atLeast("group.within-1s", 0.99),
            atMost("duplicates", 0)));
  }

  private static List<String> pick(List<String> names, int count, SplittableRandom random) {
    List<String> left = new ArrayList<>(names);
    List<String> picked = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      picked.add(left.remove(random.nextInt(left.size())));
    }
    return picked;
  }
}
