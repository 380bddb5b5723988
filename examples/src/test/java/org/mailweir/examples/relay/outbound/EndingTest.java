package org.mailweir.examples.relay.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.mailweir.core.Outcome;
import org.mailweir.examples.relay.outbound.Ending.Result;
import org.mailweir.message.Destination;
import org.mailweir.message.Recipient;
import org.mailweir.message.Reply;
import org.mailweir.smtp.ConnectFailure;
import org.mailweir.smtp.SmtpResult;
import org.mailweir.smtp.SmtpResult.Stage;

class EndingTest {
  private static final Recipient ANN = recipient("ann");
  private static final Recipient BOB = recipient("bob");
  private static final Recipient CAT = recipient("cat");
  private static final List<Recipient> ALL = List.of(ANN, BOB, CAT);
  private static final String PEER = "mx.there.test[192.0.2.1]:25";

  @Test
  void tellsRecipientsApart() {
    Ending ending =
        Ending.of(
            ALL,
            List.of(
                new Result(BOB, said(Stage.RCPT, 550, "5.1.1")),
                new Result(CAT, said(Stage.RCPT, 450, "4.2.1")),
                new Result(ANN, said(Stage.DOT, 250, "2.0.0"))),
            PEER);

    assertThat(ending.delivered()).containsOnlyKeys(ANN);
    assertThat(ending.silent()).containsExactly(ANN);
    assertThat(ending.failed()).containsOnlyKeys(BOB);
    assertThat(ending.left()).containsOnlyKeys(CAT);
    assertThat(ending.turnedAway()).isFalse();
    assertThat(ending.outcome()).isEqualTo(Outcome.DELIVERED);
  }

  @Test
  void keepsWhomNothingWasSaidOf() {
    Ending ending = Ending.of(ALL, List.of(), PEER);

    assertThat(ending.left()).containsOnlyKeys(ANN, BOB, CAT);
    assertThat(ending.turnedAway()).isFalse();
    assertThat(ending.outcome()).isEqualTo(Outcome.UNKNOWN);
  }

  @Test
  void costsNoStepWhereNobodyWasLookedAt() {
    SmtpResult busy = new SmtpResult(Stage.MAIL, true, reply(451, "4.3.2"), true, false, false);

    Ending ending =
        Ending.of(List.of(ANN, BOB), List.of(new Result(ANN, busy), new Result(BOB, busy)), PEER);

    assertThat(ending.turnedAway()).isTrue();
    assertThat(ending.outcome()).isEqualTo(Outcome.PUSHED_BACK);
  }

  @Test
  void saysNothingOfSuccessWhereTheHostWill() {
    SmtpResult told = new SmtpResult(Stage.DOT, true, reply(250, "2.0.0"), false, false, true);

    assertThat(Ending.of(List.of(ANN), List.of(new Result(ANN, told)), PEER).silent()).isEmpty();
  }

  @Test
  void failsAllWhereTheDomainTakesNoMail() {
    ConnectFailure nullMx = new ConnectFailure(ConnectFailure.Kind.PERMANENT, reply(556, "5.1.10"));

    Ending ending = Ending.of(ALL, nullMx, false);

    assertThat(ending.failed()).containsOnlyKeys(ANN, BOB, CAT);
    assertThat(ending.left()).isEmpty();
    assertThat(ending.outcome()).isEqualTo(Outcome.UNKNOWN);
  }

  @Test
  void countsAgainstTheSiteOnlyWhatIsOfTheSite() {
    ConnectFailure tls = new ConnectFailure(ConnectFailure.Kind.UNREACHABLE, reply(451, "4.7.5"));

    assertThat(Ending.of(ALL, tls, true).outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(Ending.of(ALL, tls, false).outcome()).isEqualTo(Outcome.UNREACHABLE);
    assertThat(Ending.of(ALL, tls, false).left()).hasSize(3);
  }

  @Test
  void givesUpThoseWhoAreLeftWhenTheirTimeIsOver() {
    Ending ending =
        Ending.of(List.of(ANN), List.of(new Result(ANN, said(Stage.RCPT, 450, "4.2.1"))), PEER)
            .expired();

    assertThat(ending.left()).isEmpty();
    assertThat(ending.failed().values()).extracting(Reply::status).containsExactly("4.4.7");
    assertThat(ending.isExpired()).isTrue();
  }

  private static SmtpResult said(Stage stage, int code, String status) {
    return new SmtpResult(stage, true, reply(code, status), false, false, false);
  }

  private static Reply reply(int code, String status) {
    return new Reply(code, status, "words");
  }

  private static Recipient recipient(String name) {
    return new Recipient(name + "@there.test", new Destination("there.test"));
  }
}
