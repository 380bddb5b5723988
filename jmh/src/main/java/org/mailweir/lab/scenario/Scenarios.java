package org.mailweir.lab.scenario;

import static org.mailweir.lab.scenario.Bound.atLeast;
import static org.mailweir.lab.scenario.Bound.atMost;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.mailweir.lab.mail.Kind;
import org.mailweir.lab.time.Seeds;
import org.mailweir.lab.world.Conduct;
import org.mailweir.lab.world.Host;
import org.mailweir.lab.world.Reach;
import org.mailweir.lab.world.ServiceTime;

/** All scenarios. */
public final class Scenarios {
  /** When the measuring begins. */
  private static final double BEGIN = 30;

  private static final double FLUSH = 60;
  private static final double MAIL_UNTIL = 1200;
  private static final double HALF_AN_HOUR = 1800;
  private static final double HOUR = 3600;
  private static final double LONG = 7200;
  private static final int MESSAGES = 20_000;
  /** When a dead site returns: all of its mail was tried at least once by then. */
  private static final double RETURNS = 4500;

  private static final double OLD = 5000;
  private static final double YOUNG = 100;

  private static final List<Bound> FRESH_IN_TIME =
      List.of(
          atLeast("proven.count", 1000),
          atLeast("unseen.count", 1000),
          atMost("proven.p99", 1),
          atLeast("unseen.within-1s", 1));

  private Scenarios() {}

  /** Returns all of them. */
  public static List<Scenario> all() {
    List<Scenario> all = new ArrayList<>();
    all.add(herd("S1", "20,000 messages for 1 dead domain are flushed", 1));
    all.add(herd("S2", "20,000 messages for 200 dead domains are flushed", 200));
    all.add(herd("S3", "20,000 messages for 5,000 dead domains are flushed", 5000));
    all.add(coldStart());
    all.add(alreadyActive());
    all.add(youngHerd());
    all.add(networkDown());
    all.add(big());
    all.add(bigCold());
    all.add(returning("S6", "a dead site with 5,000 messages returns, and takes 20 connections", false));
    all.add(
        returning("S6b", "the same with all messages due at the moment of its return", true));
    all.add(mix());
    all.add(bigAndHerd());
    all.add(tenSlow());
    all.add(manyNames());
    all.add(everNewDead());
    all.add(groups());
    return List.copyOf(all);
  }

  /** Returns the one of that name. */
  public static Optional<Scenario> of(String name) {
    return all().stream().filter(scenario -> scenario.name().equals(name)).findFirst();
  }

  private static void everyday(Stage stage, double perSecond) {
    Everyday.warmUp(stage, Everyday.provenNames());
    Everyday.proven(stage, perSecond, BEGIN, MAIL_UNTIL);
    Everyday.unseen(stage, 1, BEGIN, MAIL_UNTIL);
  }

  private static Scenario afterFlush(
      String name, String story, Consumer<Stage> plan, List<Bound> bounds) {
    return new Scenario(name, story, new Span(FLUSH, MAIL_UNTIL), LONG, LONG, plan, bounds);
  }

  /** Returns S1, S2 or S3, or one like them. */
  public static Scenario herd(String name, String story, int destinations) {
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

  private static Scenario coldStart() {
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

  private static Scenario alreadyActive() {
    return afterFlush(
        "S3p",
        "S3 with the herd in the active queue when it begins: Postfix' own order",
        stage -> {
          stage.at(FLUSH, () -> new Herd(MESSAGES, 5000, OLD).active(stage));
          everyday(stage, 4);
        },
        List.of(atMost("proven.max", 30), atMost("unseen.max", 30)));
  }

  private static Scenario youngHerd() {
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

  private static Scenario networkDown() {
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

  private static Scenario big() {
    return new Scenario(
        "S5",
        "60 % of all mail is for one site that takes 18 s a message",
        new Span(HALF_AN_HOUR, LONG),
        LONG,
        2 * LONG,
        stage -> bigSite(stage, LONG),
        List.of(
            atLeast("big.count", 1000),
            atLeast("proven.count", 1000),
            atLeast("unseen.count", 1000),
            atLeast("big.within-1s", 0.98),
            atMost("proven.p99", 1)));
  }

  private static Scenario bigCold() {
    return new Scenario(
        "S5c",
        "S5 from the first message on: nothing is known of that site",
        new Span(BEGIN, LONG),
        LONG,
        2 * LONG,
        stage -> bigSite(stage, LONG),
        List.of(atLeast("big.within-1s", 0.95), atMost("proven.p99", 1)));
  }

  private static void bigSite(Stage stage, double until) {
    Everyday.warmUp(stage, Everyday.provenNames());
    Everyday.proven(stage, 1.6, BEGIN, until);
    Everyday.unseen(stage, 1, BEGIN, until);
    Conduct slow = Conduct.healthy().with(new ServiceTime.Lognormal(18, 0));
    stage.watch("big", stage.host("big", slow));
    Everyday.inTurns(stage, Kind.BIG, List.of("big"), 2.4, BEGIN, until);
  }

  private static Scenario bigAndHerd() {
    return afterFlush(
        "S8",
        "S5 and S3 together",
        stage -> {
          bigSite(stage, MAIL_UNTIL);
          new Herd(MESSAGES, 5000, OLD).deferred(stage);
          stage.flush(FLUSH);
        },
        FRESH_IN_TIME);
  }

  private static Scenario returning(String name, String story, boolean bunched) {
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

  private static Scenario mix() {
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
            stage.send(t, Kind.DEAD, random.nextBoolean() ? "dead-refusing" : "dead-silent", random);
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

  private static Scenario tenSlow() {
    return new Scenario(
        "S9",
        "ten sites of 18 s a message want more clients than there are",
        new Span(120, HOUR),
        HOUR,
        2 * LONG,
        stage -> {
          Everyday.warmUp(stage, Everyday.provenNames());
          Everyday.proven(stage, 4, BEGIN, HOUR);
          List<String> names = Everyday.names("slow", 10);
          names.forEach(
              name -> stage.host(name, Conduct.healthy().with(new ServiceTime.Lognormal(18, 0))));
          Everyday.inTurns(stage, Kind.SLOW, names, 8, BEGIN, HOUR);
        },
        List.of(
            atLeast("proven.count", 1000),
            atLeast("slow.count", 1000),
            atLeast("proven.within-1s", 0.99),
            atLeast("jain", 0.99)));
  }

  private static Scenario manyNames() {
    return new Scenario(
        "S10",
        "a site that is slow on purpose, under 100 names on one address",
        new Span(120, HOUR),
        HOUR,
        2 * LONG,
        stage -> {
          Everyday.warmUp(stage, Everyday.provenNames());
          Everyday.proven(stage, 4, BEGIN, HOUR);
          Host host = new Host(Conduct.healthy().with(new ServiceTime.Lognormal(25, 0)));
          List<String> names = Everyday.names("slow", 100);
          names.forEach(name -> stage.share(name, host));
          stage.watch("slow0", host);
          Everyday.inTurns(stage, Kind.SLOW, names, 8, BEGIN, HOUR);
        },
        List.of(
            atLeast("proven.count", 1000),
            atLeast("slow.count", 1000),
            atLeast("proven.within-1s", 0.99),
            atLeast("jain", 0.99)));
  }

  private static Scenario everNewDead() {
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

  private static Scenario groups() {
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
