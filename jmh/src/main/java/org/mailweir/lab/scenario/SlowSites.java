package org.mailweir.lab.scenario;

import static org.mailweir.lab.scenario.Bound.atLeast;
import static org.mailweir.lab.scenario.Bound.atMost;

import java.util.List;
import org.mailweir.lab.mail.Kind;
import org.mailweir.lab.world.Conduct;
import org.mailweir.lab.world.Host;
import org.mailweir.lab.world.ServiceTime;

/** S5, S9 and S10: sites that take long for each message. */
final class SlowSites {
  private static final double BEGIN = 30;
  private static final double HALF_AN_HOUR = 1800;
  private static final double HOUR = 3600;
  private static final double LONG = 7200;

  private SlowSites() {}

  static Scenario big() {
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

  static Scenario bigCold() {
    return new Scenario(
        "S5c",
        "S5 from the first message on: nothing is known of that site",
        new Span(BEGIN, LONG),
        LONG,
        2 * LONG,
        stage -> bigSite(stage, LONG),
        List.of(atLeast("big.within-1s", 0.95), atMost("proven.p99", 1)));
  }

  static void bigSite(Stage stage, double until) {
    Everyday.warmUp(stage, Everyday.provenNames());
    Everyday.proven(stage, 1.6, BEGIN, until);
    Everyday.unseen(stage, 1, BEGIN, until);
    Conduct slow = Conduct.healthy().with(new ServiceTime.Lognormal(18, 0));
    stage.watch("big", stage.host("big", slow));
    Everyday.inTurns(stage, Kind.BIG, List.of("big"), 2.4, BEGIN, until);
  }

  static Scenario tenSlow() {
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

  static Scenario manyNames() {
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
}
