package org.mailweir.lab.world;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mailweir.lab.mail.Kind;
import org.mailweir.lab.mail.Letter;
import org.mailweir.lab.mail.Message;
import org.mailweir.lab.measure.Recorder;
import org.mailweir.lab.time.Seeds;
import org.mailweir.lab.time.VirtualTime;

/** What attempts meet. */
final class WorldTest {
  private final VirtualTime time = new VirtualTime();
  private final Recorder recorder = new Recorder(time);
  private final World world = new World(time, new Seeds(7), recorder);
  private final List<String> heard = new ArrayList<>();
  private final Letter letter = new Message(0, 1000, 7).letter(Kind.PROVEN, "a.test");

  /** Notes what it hears, with the time. */
  private final class Noting implements Progress {
    @Override
    public void connected() {
      heard.add("connected " + time.seconds());
    }

    @Override
    public boolean ready() {
      heard.add("ready " + time.seconds());
      return true;
    }

    @Override
    public void ended(Ending ending) {
      heard.add(ending + " " + time.seconds());
    }
  }

  private Host host(Conduct conduct) {
    Host host = new Host(conduct);
    world.add("a.test", host);
    return host;
  }

  @Test
  void aHealthyHostTakesALetter() {
    host(Conduct.taking(2, 2));
    world.deliver(letter, new Noting());
    time.runUntil(100);
    assertThat(heard).containsExactly("connected 0.05", "ready 0.1", "DELIVERED 2.1");
    assertThat(letter.isDelivered()).isTrue();
    assertThat(letter.waited(100)).isZero();
  }

  @ParameterizedTest
  @CsvSource({"BLACK_HOLE, TIMED_OUT 60.0", "REFUSES, REFUSED 0.05"})
  void aDeadHostIsNotReached(Reach reach, String end) {
    host(Conduct.dead(reach));
    world.deliver(letter, new Noting());
    time.runUntil(100);
    assertThat(heard).containsExactly(end);
    assertThat(letter.isDelivered()).isFalse();
    assertThat(recorder.wasted()).isEqualTo(1);
  }

  @Test
  void aHostThatNeverGreetsIsConnectedAndTimesOut() {
    host(Conduct.dead(Reach.NEVER_GREETS));
    world.deliver(letter, new Noting());
    time.runUntil(100);
    assertThat(heard).containsExactly("connected 0.05", "TIMED_OUT 60.0");
  }

  @Test
  void anAttemptThatHangsGetsThroughWhenTheHostIsBack() {
    host(Conduct.taking(1, 1).returningAt(4));
    world.deliver(letter, new Noting());
    time.runUntil(100);
    assertThat(heard).containsExactly("connected 7.05", "ready 7.1", "DELIVERED 8.1");
  }

  @Test
  void nothingIsReachedWhileOurNetworkIsDown() {
    host(Conduct.healthy());
    world.setNetworkDown(true);
    world.deliver(letter, new Noting());
    assertThat(world.isHealthy("a.test")).isFalse();
    time.runUntil(100);
    assertThat(heard).containsExactly("TIMED_OUT 60.0");
  }

  @Test
  void aGreylistingHostTakesWhatItHasKnownForLongEnough() {
    host(Conduct.taking(1, 1).greylisting(60));
    world.deliver(letter, new Noting());
    time.after(30, () -> world.deliver(letter, new Noting()));
    time.after(70, () -> world.deliver(letter, new Noting()));
    time.runUntil(100);
    assertThat(heard).filteredOn(line -> line.startsWith("DEFERRED")).hasSize(2);
    assertThat(heard).last().isEqualTo("DELIVERED 71.1");
  }

  @Test
  void aLimitedHostTurnsFurtherConnectionsAway() {
    Host host = host(Conduct.taking(5, 5).limitedTo(2));
    for (int i = 0; i < 3; i++) {
      world.deliver(new Message(0, 1, i).letter(Kind.PROVEN, "a.test"), new Noting());
    }
    time.runUntil(100);
    assertThat(heard).filteredOn(line -> line.startsWith("PUSHED_BACK")).hasSize(1);
    assertThat(host.mostOpen()).isEqualTo(3);
    assertThat(host.pushedBack()).isEqualTo(1);
    assertThat(host.open()).isZero();
  }

  @Test
  void aFlakyHostFailsAboutThatShare() {
    host(Conduct.taking(1, 1).flaky(0.3));
    int failed = 0;
    for (int i = 0; i < 1000; i++) {
      world.deliver(new Message(0, 1, i * 77).letter(Kind.FLAKY, "a.test"), new Noting());
    }
    time.runUntil(100);
    for (String line : heard) {
      failed +=
          line.startsWith("TIMED_OUT")
                  || line.startsWith("PUSHED_BACK")
                  || line.startsWith("DEFERRED")
              ? 1
              : 0;
    }
    assertThat(failed).isBetween(250, 350);
  }

  @Test
  void sharedHostsHaveOneLimit() {
    Host host = host(Conduct.taking(5, 5).limitedTo(1));
    world.add("b.test", host);
    world.deliver(letter, new Noting());
    world.deliver(new Message(0, 1, 1).letter(Kind.PROVEN, "b.test"), new Noting());
    time.runUntil(100);
    assertThat(host.pushedBack()).isEqualTo(1);
  }

  @Test
  void anAbandonedAttemptIsHeardOfNoMore() {
    Host host = host(Conduct.taking(5, 5));
    World.Attempt attempt = world.deliver(letter, new Noting());
    time.after(1, attempt::abandon);
    time.runUntil(100);
    assertThat(heard).containsExactly("connected 0.05", "ready 0.1");
    assertThat(letter.isDelivered()).isFalse();
    assertThat(host.open()).isZero();
  }

  @Test
  void aProbeSendsNothing() {
    host(Conduct.healthy());
    world.probe("a.test", new Noting());
    time.runUntil(100);
    assertThat(heard).last().isEqualTo("READY 0.1");
  }
}
