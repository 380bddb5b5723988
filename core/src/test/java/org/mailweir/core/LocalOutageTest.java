package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mailweir.core.LocalOutage.Step;

/** The states of a local outage by themselves, to the nanosecond. */
class LocalOutageTest {
  private static final long T = Long.MAX_VALUE - 1_000_000_000L; // readings wrap

  private final PolicyGate<String> gate = GateHarness.start().gate;
  private final List<Site<String>> sites = new ArrayList<>();
  private final LocalOutage<String> outage =
      new LocalOutage<>(new Successes<>(100, id -> sites.get(id - 1)));

  private Site<String> site() {
    Site<String> site = new Site<>("d" + sites.size() + ".test", gate);
    sites.add(site);
    site.id = sites.size();
    return site;
  }

  private void answer(int sites, long now) {
    for (int i = 0; i < sites; i++) {
      assertThat(outage.succeeded(site(), now)).isFalse();
    }
  }

  private void fail(int first, int last, long now) {
    for (int i = first; i <= last; i++) {
      outage.failed(sites.get(i), now);
    }
  }

  /** Five that answered, of which the first four have failed: the last one is asked for. */
  private void confirming(long now) {
    answer(5, now - LocalOutage.SILENCE);
    fail(0, 3, now);
    assertThat(outage.check(now)).isEqualTo(Step.TRY);
    assertThat(outage.toTry()).isSameAs(sites.get(4));
    assertThat(outage.active()).isFalse();
  }

  /** The same, and the last one has failed too. */
  private void active(long now) {
    confirming(now);
    outage.failed(sites.get(4), now);
    assertThat(outage.check(now)).isEqualTo(Step.BEGUN);
    assertThat(outage.active()).isTrue();
  }

  // -- none

  @Test
  void itTakesFourSitesAndEightSecondsOfSilence() {
    answer(5, T);
    fail(0, 2, T);
    assertThat(outage.nextCheck()).isNull();
    assertThat(outage.check(T + LocalOutage.SILENCE)).isEqualTo(Step.NOTHING);
    fail(3, 3, T);
    assertThat(outage.nextCheck()).isEqualTo(T + LocalOutage.SILENCE);
    assertThat(outage.check(T + LocalOutage.SILENCE - 1)).isEqualTo(Step.NOTHING);
    assertThat(outage.check(T + LocalOutage.SILENCE)).isEqualTo(Step.TRY);
  }

  @Test
  void oneSiteThatFailsAgainCountsOnce() {
    answer(5, T);
    for (int i = 0; i < 4; i++) {
      outage.failed(sites.get(0), T + i);
    }
    assertThat(outage.nextCheck()).isNull();
  }

  @ParameterizedTest
  @CsvSource({"0, true", "1, false"})
  void aSiteCountsThatAnsweredWithinTenMinutes(long beyond, boolean counts) {
    answer(4, T);
    fail(0, 3, T + Site.RECENT + beyond);
    assertThat(outage.nextCheck() != null).isEqualTo(counts);
  }

  @Test
  void aSiteThatNeverAnsweredDoesNotCount() {
    answer(3, T);
    site();
    fail(0, 3, T);
    assertThat(outage.nextCheck()).isNull();
  }

  /** As after a restart: it has had trouble, but not in a round of ours. */
  @Test
  void aSiteCountsInEachRound() {
    for (int i = 0; i < 4; i++) {
      Site<String> known = site();
      known.answered = true;
      known.lastSuccess = T;
      assertThat(known.trouble().cause).isEmpty();
    }
    for (int round = 0; round < 3; round++) {
      answer(1, T);
      assertThat(outage.nextCheck()).isNull();
      fail(0, 3, T);
      assertThat(outage.nextCheck()).as("round %d", round).isNotNull();
    }
  }

  @Test
  void silenceOfThoseThatAnsweredAnotherGateCountsFromNow() {
    for (int i = 0; i < 5; i++) {
      Site<String> known = site();
      known.answered = true;
      known.lastSuccess = T - 60_000_000_000L + i;
    }
    outage.restore(sites, T);
    fail(0, 3, T);
    assertThat(outage.nextCheck()).isEqualTo(T + LocalOutage.SILENCE);
    assertThat(outage.check(T + LocalOutage.SILENCE)).isEqualTo(Step.TRY);
    assertThat(outage.toTry()).isSameAs(sites.get(4));
  }

  // -- confirming

  @Test
  void whereNobodyIsLeftToTryItBeginsAtOnce() {
    answer(4, T);
    fail(0, 3, T);
    long begun = T + LocalOutage.SILENCE;
    assertThat(outage.check(begun)).isEqualTo(Step.BEGUN);
    assertThat(outage.active()).isTrue();
    assertThat(outage.nextCheck()).isEqualTo(begun + LocalOutage.TRY_EVERY);
  }

  @Test
  void triesTheLastThatAnsweredOfThoseThatHaveNotFailed() {
    answer(7, T);
    fail(3, 6, T);
    assertThat(outage.check(T + LocalOutage.SILENCE)).isEqualTo(Step.TRY);
    assertThat(outage.toTry()).isSameAs(sites.get(2));
  }

  @ParameterizedTest
  @CsvSource({"0, TRY", "1, BEGUN"})
  void whoAnsweredMoreThanTenMinutesAgoIsNotTried(long beyond, Step step) {
    answer(1, T);
    answer(4, T + Site.RECENT / 2);
    fail(1, 4, T + Site.RECENT / 2);
    assertThat(outage.check(T + Site.RECENT + beyond)).isEqualTo(step);
  }

  @Test
  void beginsFiveSecondsAfterTheTryBeganWithoutAnAnswer() {
    confirming(T);
    sites.get(4).probing = true;
    long over = T + LocalOutage.CONFIRM_WITHIN;
    assertThat(outage.nextCheck()).isEqualTo(over);
    assertThat(outage.check(over - 1)).isEqualTo(Step.NOTHING);
    assertThat(outage.check(over)).isEqualTo(Step.BEGUN);
    assertThat(outage.nextCheck()).isEqualTo(over + LocalOutage.TRY_EVERY);
  }

  @Test
  void asksAgainForATryThatHasNotBegunOrTaughtNothing() {
    confirming(T);
    long later = T + 3_000_000_000L;
    assertThat(outage.check(later)).isEqualTo(Step.TRY);
    assertThat(outage.check(later + LocalOutage.TRY_EVERY - 1)).isEqualTo(Step.NOTHING);
    later += LocalOutage.TRY_EVERY;
    assertThat(outage.nextCheck()).isEqualTo(later);
    assertThat(outage.check(later)).isEqualTo(Step.TRY);
    sites.get(4).probing = true;
    assertThat(outage.nextCheck()).isEqualTo(later + LocalOutage.CONFIRM_WITHIN);
    assertThat(outage.check(later + LocalOutage.CONFIRM_WITHIN - 1)).isEqualTo(Step.NOTHING);
  }

  /** Its failure does not count any more, but it does not answer either. */
  @Test
  void asksNobodyAgainWhoAnsweredTooLongAgoByThen() {
    answer(1, T);
    answer(4, T + Site.RECENT / 2);
    fail(1, 4, T + Site.RECENT / 2);
    long asked = T + Site.RECENT;
    assertThat(outage.check(asked)).isEqualTo(Step.TRY);
    fail(0, 0, asked + 1);
    assertThat(outage.check(asked + LocalOutage.TRY_EVERY - 1)).isEqualTo(Step.NOTHING);
    assertThat(outage.check(asked + LocalOutage.TRY_EVERY)).isEqualTo(Step.BEGUN);
  }

  @Test
  void aSuccessEndsTheQuestionAndIsNoEndOfAnOutage() {
    confirming(T);
    assertThat(outage.succeeded(sites.get(0), T)).isFalse();
    assertThat(outage.nextCheck()).isNull();
    assertThat(outage.check(T + LocalOutage.SILENCE)).isEqualTo(Step.NOTHING);
  }

  @Test
  void whereTheOneThatIsTriedIsForgottenTheQuestionIsOpenAgain() {
    confirming(T);
    outage.forget(sites.get(0)); // not the one
    assertThat(outage.nextCheck()).isEqualTo(T + LocalOutage.TRY_EVERY);
    outage.forget(sites.get(4));
    assertThat(outage.active()).isFalse();
    assertThat(outage.nextCheck()).isEqualTo(T);
    assertThat(outage.check(T)).isEqualTo(Step.BEGUN); // nobody is left to try
  }

  // -- active

  @Test
  void triesOneAfterTheOtherEveryTwoSeconds() {
    active(T);
    List<Site<String>> tried = new ArrayList<>();
    long now = T;
    for (int i = 0; i < 6; i++) {
      assertThat(outage.check(now + LocalOutage.TRY_EVERY - 1)).isEqualTo(Step.NOTHING);
      now += LocalOutage.TRY_EVERY;
      assertThat(outage.nextCheck()).isEqualTo(now);
      assertThat(outage.check(now)).isEqualTo(Step.TRY);
      tried.add(outage.toTry());
    }
    assertThat(tried).extracting(site -> site.id).containsExactly(4, 3, 2, 1, 5, 4);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 5"})
  void triesAndHoldsWhomItHeardOfWithinTenMinutesBefore(long beyond, int second) {
    long begun = T + Site.RECENT + beyond;
    answer(1, T);
    answer(4, begun - LocalOutage.SILENCE);
    fail(1, 4, begun);
    fail(0, 0, T);
    assertThat(outage.check(begun)).isEqualTo(Step.BEGUN);
    assertThat(outage.heldSince()).isEqualTo(T + beyond);
    assertThat(outage.holds(sites.get(0))).isEqualTo(beyond == 0);
    long now = begun;
    for (int i = 0; i < 5; i++) {
      now += LocalOutage.TRY_EVERY;
      assertThat(outage.check(now)).isEqualTo(Step.TRY);
    }
    assertThat(outage.toTry().id).isEqualTo(second);
    assertThat(outage.recentlyLive(outage.heldSince())).hasSize(beyond == 0 ? 5 : 4);
  }

  @Test
  void holdsOnlyWhileItIsActiveAndNobodyThatIsSuspended() {
    confirming(T);
    assertThat(outage.holds(sites.get(0))).isFalse();
    fail(4, 4, T);
    assertThat(outage.check(T)).isEqualTo(Step.BEGUN);
    assertThat(outage.holds(sites.get(0))).isTrue();
    sites.get(0).standing = Standing.SUSPENDED;
    assertThat(outage.holds(sites.get(0))).isFalse();
    assertThat(outage.holds(site())).as("never answered").isFalse();
  }

  @Test
  void aSuccessAnywhereEndsIt() {
    active(T);
    assertThat(outage.succeeded(site(), T + 1)).isTrue();
    assertThat(outage.active()).isFalse();
    assertThat(outage.holds(sites.get(0))).isFalse();
    assertThat(outage.succeeded(site(), T + 2)).isFalse();
  }

  /** The next outage begins with the newest, not where the former one ended. */
  @Test
  void theNextOneBeginsItsTriesAnew() {
    active(T);
    long now = T + LocalOutage.TRY_EVERY;
    assertThat(outage.check(now)).isEqualTo(Step.TRY);
    outage.succeeded(sites.get(0), now);
    now += LocalOutage.SILENCE;
    fail(0, 4, now);
    assertThat(outage.check(now)).isEqualTo(Step.BEGUN);
    assertThat(outage.check(now + LocalOutage.TRY_EVERY)).isEqualTo(Step.TRY);
    assertThat(outage.toTry()).isSameAs(sites.get(0));
  }

  @Test
  void goesOnWhenTheOneThatIsTriedIsForgotten() {
    active(T);
    outage.forget(sites.get(4));
    assertThat(outage.active()).isTrue();
    assertThat(outage.check(T + LocalOutage.TRY_EVERY)).isEqualTo(Step.TRY);
    assertThat(outage.toTry()).isSameAs(sites.get(3));
  }

  @Test
  void triesNobodyWhereAllAreForgotten() {
    active(T);
    sites.forEach(outage::forget);
    assertThat(outage.check(T + LocalOutage.TRY_EVERY)).isEqualTo(Step.NOTHING);
    assertThat(outage.active()).isTrue();
    assertThat(outage.recentlyLive(outage.heldSince())).isEmpty();
  }

  // -- suspensions that it may take back

  @Test
  void takesBackOnceWhatWasSuspendedSinceTheLastSuccess() {
    outage.suspended(site());
    answer(1, T);
    assertThat(outage.takeSuspended()).isEmpty();
    outage.suspended(sites.get(0));
    outage.suspended(sites.get(1));
    outage.forget(sites.get(0));
    assertThat(outage.takeSuspended()).containsExactly(sites.get(1));
    assertThat(outage.takeSuspended()).isEmpty();
  }

  // -- in the gate

  @Test
  void aTryThatIsNeverReportedIsMadeAgainInTheStepInWhichItsLeaseIsOver() {
    GateHarness lost = GateHarness.with(builder -> builder.probeLease(Duration.ofSeconds(3)));
    OutageScene scene = new OutageScene(lost);
    scene.liveSites(5);
    scene.fail(0, 4);
    lost.advance(Duration.ofSeconds(8));
    assertThat(lost.nextProbe(Duration.ofMillis(20)).destination()).isEqualTo("live4.test");
    lost.jump(Duration.ofSeconds(3).plusMillis(2));
    assertThat(lost.gate.pollProbe()).map(Probe::destination).contains("live4.test");
  }
}
