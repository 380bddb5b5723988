package org.mailweir.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mailweir.core.Refusal;
import org.mailweir.core.Refusal.Reason;
import org.mailweir.lmtp.MailTransaction;
import org.mailweir.smtp.ConnectFailure.Kind;
import org.mailweir.smtp.SmtpResult.Stage;

/** Which mail is noted as waiting for its destination. */
@Timeout(30)
class RefusedMailTest {
  private static final String ID = "4bVcQ45xllz1SCKT";
  private final World world = new World();

  @AfterEach
  void nothingIsLeft() {
    world.assertNothingLeft();
  }

  private void send(String... addresses) {
    try (MailTransaction transaction = world.begin(ID)) {
      if (world.admit(transaction, addresses).stream().anyMatch(reply -> reply.code() == 250)) {
        world.deliver(transaction);
      }
    }
  }

  @Test
  void notesMailThatTheGateRefused() {
    world.gate.refuses("a.test", new Refusal(Reason.SUSPENDED, Refusal.NO_HINT, "dead"));
    send("u@a.test");
    assertThat(world.refusedMail.said).containsExactly(ID + " came", ID + " waits for a.test");
  }

  @Test
  void notesEachDestinationOfGroupMailThatWaits() {
    world.gate.refuses("a.test", new Refusal(Reason.SUSPENDED, Refusal.NO_HINT, "dead"));
    world.gate.refuses("b.test", new Refusal(Reason.UNPROVEN_SHARE, Refusal.NO_HINT, ""));
    send("u@a.test", "v@b.test", "w@c.test");
    assertThat(world.refusedMail.said)
        .containsExactly(ID + " came", ID + " waits for a.test", ID + " waits for b.test");
  }

  @Test
  void notesMailWhoseAttemptLostItsClient() {
    world.remotes.at("a.test").connectsAfter(10_000);
    send("u@a.test");
    assertThat(world.refusedMail.said).containsExactly(ID + " came", ID + " waits for a.test");
  }

  @ParameterizedTest
  @CsvSource({
    "UNREACHABLE, 451, 4.4.1, true",
    "UNREACHABLE, 451, 4.7.5, false",
    "UNRESOLVED, 451, 4.4.3, false",
    "PERMANENT, 550, 5.1.2, false"
  })
  void notesMailThatFoundNoHostButNotWhatItsOwnDomainLacks(
      Kind kind, int code, String status, boolean noted) {
    world.remotes.at("a.test").fails(kind, code, status, "words");
    send("u@a.test");
    assertThat(world.refusedMail.said.contains(ID + " waits for a.test")).isEqualTo(noted);
  }

  @Test
  void doesNotNoteMailThatTheRemoteAnswered() {
    world.remotes.at("a.test").answers(FakeRemotes.result(Stage.DOT, 450, "4.7.1", "greylisted"));
    send("u@a.test");
    assertThat(world.refusedMail.said).containsExactly(ID + " came");
  }

  @Test
  void canNoteNothingOfMailWithoutAnId() {
    world.gate.refuses("a.test", new Refusal(Reason.SUSPENDED, Refusal.NO_HINT, "dead"));
    try (MailTransaction transaction = world.begin()) {
      world.admit(transaction, "u@a.test");
    }
    assertThat(world.refusedMail.said).isEmpty();
  }
}
