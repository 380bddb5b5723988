package org.mailweir.lab.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mailweir.lab.mail.Kind;
import org.mailweir.lab.policy.Policies;
import org.mailweir.lab.world.Conduct;
import org.mailweir.lab.world.Host;

/** Runs: the same one twice, the same mail under all policies, and what the figures say. */
final class LaboratoryTest {
  /** A small herd: a minute of mail, 200 messages for 20 dead domains. */
  private static final Scenario SMALL =
      new Scenario(
          "small",
          "a herd for tests",
          new Span(30, 90),
          90,
          400,
          stage -> {
            Everyday.warmUp(stage, Everyday.provenNames());
            Everyday.proven(stage, 4, 30, 90);
            Everyday.unseen(stage, 1, 30, 90);
            new Herd(200, 20, 5000).deferred(stage);
            stage.flush(60);
          },
          List.of());

  @ParameterizedTest
  @EnumSource
  void oneSeedGivesOneResult(Policies policy) {
    Laboratory laboratory = Laboratory.of(SMALL, policy, 50, 7);
    assertThat(laboratory.run()).isEqualTo(laboratory.run());
  }

  @Test
  void anotherSeedGivesOtherMail() {
    assertThat(Laboratory.of(SMALL, Policies.NONE, 50, 7).run().figures())
        .isNotEqualTo(Laboratory.of(SMALL, Policies.NONE, 50, 8).run().figures());
  }

  @ParameterizedTest
  @EnumSource
  void aPolicyChangesNothingOfTheMail(Policies policy) {
    assertThat(mailUnder(policy)).isEqualTo(mailUnder(Policies.NONE));
  }

  /** Returns when each letter was created, for whom, and how large it is. */
  private static List<String> mailUnder(Policies policy) {
    List<String> mail = new ArrayList<>();
    Consumer<Stage> plan =
        stage -> {
          SMALL.plan().accept(stage);
          stage.at(
              399,
              () ->
                  stage.letters().stream()
                      .map(
                          letter ->
                              letter.destination()
                                  + letter.message().created()
                                  + letter.message().bytes())
                      .forEach(mail::add));
        };
    Scenario watched = new Scenario("watched", "", SMALL.measured(), 400, 400, plan, List.of());
    Laboratory.of(watched, policy, 50, 7).run();
    assertThat(mail).hasSizeGreaterThan(400);
    return mail;
  }

  @ParameterizedTest
  @EnumSource
  void deliversAllThatCanBeInAHealthyWorld(Policies policy) {
    Scenario healthy =
        new Scenario(
            "healthy",
            "",
            new Span(0, 60),
            60,
            600,
            stage -> Everyday.proven(stage, 4, 0, 60),
            List.of());
    Result result = Laboratory.of(healthy, policy, 50, 7).run();
    assertThat(result.figures())
        .containsEntry("proven.undelivered", 0.0)
        .containsEntry("duplicates", 0.0);
    assertThat(result.seconds()).isLessThan(600);
  }

  @Test
  void tellsHowALimitedSiteCameBack() {
    Scenario back =
        new Scenario(
            "back",
            "",
            new Span(0, 60),
            60,
            20_000,
            stage -> {
              Host host = stage.host("back", Conduct.healthy().limitedTo(3).returningAt(1000));
              stage.watch("back", host);
              stage.trouble(0, 1000);
              SplittableRandom random = stage.random("back");
              for (int i = 0; i < 40; i++) {
                stage.deferred(400, 0, Kind.RETURNING, "back", random);
              }
            },
            List.of());
    Result result = Laboratory.of(back, Policies.MAILWEIR, 50, 7).run();
    assertThat(result.figures()).containsEntry("recovery.undelivered", 0.0);
    assertThat(result.figures().get("site.over-limit")).isBetween(0.0, 2.0);
    assertThat(result.figures().get("recovery.first")).isBetween(0.0, 300.0);
    assertThat(result.courses().get(Result.OPEN)).contains(0.0).anyMatch(open -> open > 0);
    assertThat(result.courses().get(Result.WINDOW))
        .hasSameSizeAs(result.courses().get(Result.OPEN));
  }
}
