package org.mailweir.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static org.mailweir.delivery.FakeRemotes.lost;
import static org.mailweir.delivery.FakeRemotes.pushedBack;
import static org.mailweir.delivery.FakeRemotes.result;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.mailweir.core.Outcome;
import org.mailweir.message.Reply;
import org.mailweir.smtp.ConnectFailure.Kind;
import org.mailweir.smtp.SmtpResult;
import org.mailweir.smtp.SmtpResult.Stage;

class VerdictTest {
  private static final SmtpResult TAKEN = result(Stage.DOT, 250, "2.0.0", "ok");
  private static final SmtpResult NO_USER = result(Stage.RCPT, 550, "5.1.1", "no such user");
  private static final SmtpResult GREY = result(Stage.RCPT, 450, "4.2.0", "greylisted");
  private static final SmtpResult SPAM = result(Stage.DOT, 554, "5.7.1", "spam");
  private static final SmtpResult TOO_BIG =
      new SmtpResult(Stage.BEFORE, false, new Reply(552, "5.3.4", "too big"), false, false);
  private static final SmtpResult SLOWER =
      new SmtpResult(Stage.MAIL, true, new Reply(451, "4.7.1", "rate"), false, true);

  static Stream<Arguments> results() {
    return Stream.of(
        arguments(Outcome.DELIVERED, List.of(TAKEN)),
        arguments(Outcome.DELIVERED, List.of(NO_USER, GREY, TAKEN)),
        arguments(Outcome.DELIVERED, List.of(pushedBack(Stage.RCPT), TAKEN)),
        arguments(Outcome.PUSHED_BACK, List.of(NO_USER, pushedBack(Stage.RCPT))),
        arguments(Outcome.PUSHED_BACK, List.of(pushedBack(Stage.DOT))),
        arguments(Outcome.THROTTLED, List.of(NO_USER, SLOWER, GREY)),
        arguments(Outcome.DEFERRED, List.of(NO_USER, GREY)),
        arguments(Outcome.DEFERRED, List.of(GREY, lost(Stage.DATA))),
        arguments(Outcome.REJECTED, List.of(NO_USER)),
        arguments(Outcome.REJECTED, List.of(SPAM, lost(Stage.DOT))),
        arguments(Outcome.UNKNOWN, List.of(lost(Stage.MAIL))),
        arguments(Outcome.UNKNOWN, List.of(lost(Stage.DOT), lost(Stage.DOT))),
        arguments(Outcome.UNKNOWN, List.of()),
        arguments(Outcome.READY, List.of(TOO_BIG)),
        arguments(Outcome.REJECTED, List.of(TOO_BIG, NO_USER)));
  }

  @ParameterizedTest
  @MethodSource("results")
  void countsTheMostTellingResultInAnyOrder(Outcome outcome, List<SmtpResult> results) {
    assertThat(Verdict.of(results)).isEqualTo(outcome);
    List<SmtpResult> reversed = new ArrayList<>(results);
    Collections.reverse(reversed);
    assertThat(Verdict.of(reversed)).isEqualTo(outcome);
  }

  @ParameterizedTest
  @CsvSource({
    "UNRESOLVED, UNRESOLVED",
    "UNREACHABLE, UNREACHABLE",
    "PUSHED_BACK, PUSHED_BACK",
    "PERMANENT, UNKNOWN",
    "ABORTED, UNKNOWN"
  })
  void blamesADestinationOnlyForBeingUnreachable(Kind kind, Outcome outcome) {
    assertThat(Verdict.of(kind)).isEqualTo(outcome);
  }

  @ParameterizedTest
  @EnumSource(Stage.class)
  void takesAMessageForUnsentOnlyBeforeTheDot(Stage stage) {
    boolean unsent = stage == Stage.MAIL || stage == Stage.RCPT || stage == Stage.DATA;
    assertThat(Verdict.turnedAway(pushedBack(stage))).isEqualTo(unsent);
  }

  @ParameterizedTest
  @EnumSource(Stage.class)
  void doesNotTryAgainAfterOtherAnswers(Stage stage) {
    assertThat(Verdict.turnedAway(result(stage, 451, "4.3.0", "later"))).isFalse();
    assertThat(Verdict.turnedAway(lost(stage))).isFalse();
    SmtpResult forGood =
        new SmtpResult(stage, true, new Reply(554, "5.7.1", "too many connections"), true, true);
    assertThat(Verdict.turnedAway(forGood)).isFalse();
  }
}
