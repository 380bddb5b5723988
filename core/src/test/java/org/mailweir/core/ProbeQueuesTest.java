package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mailweir.core.Refusal.Reason;

/** Which sites stand in the queues of probes, and who comes out of them: by themselves. */
class ProbeQueuesTest {
  private final GateHarness gate = GateHarness.start();
  private final TimerWheel wheel = new TimerWheel(0);
  private final Shares shares = new Shares(100, 1000, 500, 1);
  private final Probes<String> probes =
      new Probes<>(DestinationGate.builder(), wheel, new Counters(), shares, 0);
  private final Site<String> site = new Site<>("a.test", gate.gate);
  private final Site<String> other = new Site<>("b.test", gate.gate);

  // -- who comes in

  @Test
  void aSiteIsQueuedOnce() {
    probes.want(site, false);
    probes.want(site, true);
    probes.want(other, true);
    assertThat(probes.due()).isEqualTo(2);
    probes.demand(site);
    assertThat(probes.due()).isEqualTo(3);
  }

  @Test
  void whoIsWantedSoonIsNotQueuedAgainAsItIsDue() {
    probes.want(site, true);
    probes.want(site, false);
    assertThat(probes.due()).isEqualTo(1);
  }

  @Test
  void aSiteThatIsBeingProbedIsNotQueued() {
    site.probing = true;
    probes.want(site, true);
    probes.demand(site);
    assertThat(probes.due()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"-1, 1", "0, 0"})
  void aSuspendedSiteIsQueuedIfItHadMailWithinTwoHours(long beyond, int due) {
    site.standing = Standing.SUSPENDED;
    site.trouble().refusal = AdmissionRules.refusal(Reason.SUSPENDED);
    probes.dueNow(site, site.trouble().lastRefused + Probes.WANTED_FOR + beyond);
    assertThat(probes.due()).isEqualTo(due);
    assertThat(site.trouble().refusal != null).as("is told of a probe").isEqualTo(due > 0);
  }

  @ParameterizedTest
  @CsvSource({"true, false", "false, true"})
  void aSiteThatIsTriedAnywayStaysSo(boolean queued, boolean probing) {
    site.standing = Standing.SUSPENDED;
    site.trouble().refusal = AdmissionRules.refusal(Reason.SUSPENDED);
    site.probeQueued = queued;
    site.probing = probing;
    probes.dueNow(site, site.trouble().lastRefused + Probes.WANTED_FOR);
    assertThat(site.trouble().refusal).isNotNull();
  }

  @Test
  void aScheduleThatGivesUpIsAskedAgainAfterTwoHours() {
    RetrySchedule once = RetrySchedule.fixed(Duration.ofSeconds(30)).giveUpAtAttempts(1).build();
    Probes<String> few =
        new Probes<>(
            DestinationGate.<String>builder().probeSchedule(once),
            wheel,
            new Counters(),
            shares,
            0);
    assertThat(few.plan(site, 5)).isEqualTo(5 + Probes.WANTED_FOR);
  }

  // -- who comes out

  @ParameterizedTest
  @CsvSource({"NEW, true", "SUSPENDED, true", "SUSPECT, true", "LIVE, false", "RECOVERING, false"})
  void onlyWhatIsNotKnownToAnswerIsProbed(Standing standing, boolean useful) {
    site.standing = standing;
    site.answered = true;
    probes.want(site, true);
    assertThat(probes.poll(0) == site).isEqualTo(useful);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 0", "1, 1"})
  void aSuspectSiteWithAnAttemptOpenIsNotProbed(int inFlight, byte detached) {
    site.standing = Standing.SUSPECT;
    site.inFlight = inFlight;
    site.detached = detached;
    probes.want(site, true);
    assertThat(probes.poll(0)).isNull();
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void aSiteWhoseProbeBeganMeanwhileIsPassedOver(boolean demanded) {
    if (demanded) {
      probes.demand(site);
    } else {
      probes.want(site, true);
    }
    site.probing = true;
    assertThat(probes.poll(0)).isNull();
    assertThat(probes.due()).isZero();
  }

  @Test
  void aTryOfALocalOutageHasAPlaceOfItsOwnAndNoMore() {
    shares.probesPlanned.take();
    probes.want(other, true);
    assertThat(probes.poll(0)).isNull();
    probes.demand(site);
    assertThat(probes.poll(0)).isSameAs(site);
    shares.probes.take();
    probes.demand(site);
    assertThat(probes.poll(0)).isNull();
  }

  /** The place of its own is not one of the planned. */
  @Test
  void aTryOfALocalOutageTakesNoPlaceOfThePlanned() {
    GateHarness few = GateHarness.with(builder -> builder.maxProbes(1));
    OutageScene scene = new OutageScene(few);
    scene.liveSites(6);
    few.suspend("x.test");
    few.suspend("y.test");
    Probe<String> planned = few.nextProbe(Duration.ofSeconds(31));
    few.jump(Duration.ofSeconds(31));
    scene.fail(0, 4);
    assertThat(few.nextProbe(Duration.ofMillis(20)).destination()).isEqualTo("live5.test");
    assertThat(few.gate.pollProbe()).isEmpty();
    planned.settle(Outcome.UNKNOWN);
    assertThat(few.gate.pollProbe()).isPresent();
  }

  @Test
  void whoIsWantedSoonGoesBeforeThoseThatAreDueThoughItIsDueItself() {
    probes.want(site, false);
    probes.want(other, false);
    probes.want(other, true);
    assertThat(probes.due()).isEqualTo(2);
    assertThat(probes.poll(0)).isSameAs(other);
    assertThat(probes.poll(1_000_000_000L)).isSameAs(site);
  }

  @Test
  void whoIsDueIsNotWantedSoonForBeingDueOnceMore() {
    probes.want(site, false);
    probes.want(site, false);
    probes.want(other, true);
    assertThat(probes.poll(0)).isSameAs(other);
  }

  private String pollAll(int soon, int due) {
    for (int i = 0; i < soon; i++) {
      probes.want(new Site<>("soon", gate.gate), true);
    }
    for (int i = 0; i < due; i++) {
      probes.want(new Site<>("due", gate.gate), false);
    }
    StringBuilder order = new StringBuilder();
    for (long now = 0; probes.due() > 0; now += 200_000_000L) {
      Site<String> next = probes.poll(now);
      order.append(next == null ? '-' : next.destination.charAt(0));
    }
    return order.toString();
  }

  @ParameterizedTest
  @CsvSource({
    "12, 0, ssssssssssss",
    "19, 3, sssssssssdsssssssssdsd",
    "2, 2, ssdd",
    "11, 1, sssssssssdss"
  })
  void everyTenthProbeIsOfThoseThatAreOnlyDue(int soon, int due, String order) {
    assertThat(pollAll(soon, due)).isEqualTo(order);
  }

  // -- when to ask

  @Test
  void asksToBePolledWhenSomethingMayComeOut() {
    assertThat(probes.nextPoll(7)).isNull();
    probes.want(site, false);
    assertThat(probes.nextPoll(7)).isEqualTo(0);
    probes.want(other, true);
    assertThat(probes.poll(0)).isSameAs(other);
    assertThat(probes.nextPoll(7)).isEqualTo(200_000_000); // five a second
    probes.demand(other);
    assertThat(probes.nextPoll(7)).isEqualTo(7);
  }

  @Test
  void asksForUrgentOnesToo() {
    probes.want(site, true);
    assertThat(probes.nextPoll(7)).isEqualTo(0);
  }

  @Test
  void doesNotAskToBePolledWhileAllProbesAreOut() {
    probes.want(site, true);
    shares.probesPlanned.take();
    assertThat(probes.nextPoll(7)).isNull();
    probes.demand(site);
    assertThat(probes.nextPoll(7)).isEqualTo(7);
    shares.probes.take();
    assertThat(probes.nextPoll(7)).isNull();
  }

  // -- who leaves the table

  @Test
  void leavesNoTimerBehind() {
    Alarm pause = new Alarm(now -> {});
    site.trouble().pauseAlarm = pause;
    wheel.schedule(pause, 1_000_000_000L);
    probes.plan(site, 0);
    assertThat(wheel.size()).isEqualTo(2);
    probes.forget(site);
    assertThat(wheel.size()).isZero();
  }
}
