package org.mailweir.core;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RetryRulesTest {
  private enum Failure {
    UNREACHABLE,
    GREYLISTED,
    REFUSED
  }

  private final RetrySchedule usual = RetrySchedule.fixed(ofHours(1)).build();
  private final RetrySchedule soon = RetrySchedule.fixed(ofMinutes(5), ofMinutes(15)).build();
  private final SplittableRandom random = new SplittableRandom(4);

  @Test
  void followsTheScheduleOfTheFailureOrElseTheUsualOne() {
    RetryRules<Failure> rules = new RetryRules<>(Map.of(Failure.GREYLISTED, soon), usual);
    assertThat(rules.after(Failure.GREYLISTED).next(2, Duration.ZERO, random))
        .contains(ofMinutes(15));
    assertThat(rules.after(Failure.UNREACHABLE)).isSameAs(usual);
    assertThat(rules.after(Failure.REFUSED).next(2, Duration.ZERO, random)).contains(ofHours(1));
  }

  @Test
  void takesAnyKindOfClass() {
    RetryRules<String> byStatus = new RetryRules<>(Map.of("4.2.2", usual), soon);
    assertThat(byStatus.after("4.2.2")).isSameAs(usual);
    assertThat(byStatus.after("4.7.1")).isSameAs(soon);
  }

  @Test
  void keepsItsOwnCopy() {
    Map<Failure, RetrySchedule> given = new HashMap<>(Map.of(Failure.GREYLISTED, soon));
    RetryRules<Failure> rules = new RetryRules<>(given, usual);
    given.clear();
    assertThat(rules.after(Failure.GREYLISTED)).isSameAs(soon);
  }

  @Test
  void refusesNull() {
    assertThatNullPointerException().isThrownBy(() -> new RetryRules<Failure>(Map.of(), null));
    RetryRules<Failure> rules = new RetryRules<>(Map.of(Failure.GREYLISTED, soon), usual);
    assertThatNullPointerException().isThrownBy(() -> rules.after(null));
  }

  @Test
  void allocatesNothing() {
    RetryRules<Failure> rules =
        new RetryRules<>(Map.of(Failure.GREYLISTED, soon, Failure.UNREACHABLE, usual), usual);
    Failure[] failures = Failure.values();
    Allocations.assertNone(
        100_000, i -> rules.after(failures[i % 3]).nextNanos(1 + (i & 7), i, random));
  }
}
