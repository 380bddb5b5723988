package org.mailweir.lmtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.mailweir.message.Body;
import org.mailweir.message.BodyStore;
import org.mailweir.message.Destination;
import org.mailweir.message.Recipient;
import org.mailweir.message.Reply;
import org.mailweir.message.Sender;

class GuardedTransactionTest {
  private static final LmtpEvent.Admit TWO =
      new LmtpEvent.Admit(
          new Sender("", -1, false, false),
          new Origin(InetAddress.getLoopbackAddress(), "client.test", "LMTP", Optional.empty()),
          List.of(
              new Recipient("a@one.test", Destination.of("one.test")),
              new Recipient("b@two.test", Destination.of("two.test"))));

  private final ScriptedTransactions script = new ScriptedTransactions();
  private final TransactionCount count = new TransactionCount();
  private final Interruption interruption = new Interruption();
  private final GuardedTransaction guarded =
      new GuardedTransaction(script, count, interruption, () -> false);
  private final List<Reply> replies = new ArrayList<>();

  @Test
  void closesOnceAndOnlyWhatWasBegun() {
    guarded.end();
    assertThat(guarded.admit(TWO)).hasSize(2).containsOnly(ScriptedTransactions.OK);
    guarded.admit(TWO);
    assertThat(script.begun).hasValue(1);
    assertThat(count.open()).isEqualTo(1);
    guarded.end();
    guarded.end();
    assertThat(script.closed).hasValue(1);
    assertThat(script.closedTwice).hasValue(0);
    assertThat(count.open()).isZero();
  }

  @Test
  void answers451WhenTheAdmissionThrows() {
    script.admission =
        (recipients, client) -> {
          throw new IllegalStateException("as the test wants it");
        };
    assertThat(guarded.admit(TWO)).hasSize(2).containsOnly(Replies.INTERNAL);
    guarded.end();
    assertThat(script.closed).hasValue(1);
  }

  @Test
  void answers451WhenTheAdmissionMiscounts() {
    script.admission = (recipients, client) -> List.of(ScriptedTransactions.OK);
    assertThat(guarded.admit(TWO)).hasSize(2).containsOnly(Replies.INTERNAL);
  }

  @Test
  void answers451WhenNoTransactionCanBegin() {
    GuardedTransaction broken =
        new GuardedTransaction(
            (sender, id) -> {
              throw new AssertionError("as the test wants it");
            },
            count,
            interruption,
            () -> false);
    assertThat(broken.admit(TWO)).hasSize(2).containsOnly(Replies.INTERNAL);
    assertThat(count.open()).isZero();
  }

  @Test
  void givesTheRestA451WhenADeliveryThrows() {
    script.delivery =
        (recipients, answers, client) -> {
          answers.accept(ScriptedTransactions.OK);
          throw new StackOverflowError("as the test wants it");
        };
    guarded.admit(TWO);
    assertThat(guarded.deliver(body(), replies::add)).isEqualTo(Replies.INTERNAL);
    assertThat(replies).containsExactly(ScriptedTransactions.OK);
  }

  @Test
  void survivesATransactionThatFailsToClose() {
    script.closing =
        () -> {
          throw new IllegalStateException("as the test wants it");
        };
    guarded.admit(TWO);
    guarded.end();
    assertThat(count.open()).isZero();
  }

  @Test
  void givesTheRestA451WhenInterruptedAndForgetsTheInterrupt() {
    script.delivery =
        (recipients, answers, client) -> {
          throw new InterruptedException();
        };
    guarded.admit(TWO);
    Thread.currentThread().interrupt();
    assertThat(guarded.deliver(body(), replies::add)).isEqualTo(Replies.STOPPING);
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void beginsNothingOnceItIsStopping() {
    count.stop();
    assertThat(guarded.admit(TWO)).hasSize(2).containsOnly(Replies.STOPPING);
    assertThat(script.begun).hasValue(0);
  }

  @Test
  void admitsNoFurtherRecipientsOnceItIsStopping() {
    guarded.admit(TWO);
    count.stop();
    assertThat(guarded.admit(TWO)).containsOnly(Replies.STOPPING);
    assertThat(guarded.deliver(body(), replies::add)).isEqualTo(Replies.INTERNAL);
    assertThat(replies).hasSize(2).containsOnly(ScriptedTransactions.OK);
  }

  @Test
  void deliversNothingAfterTheLastStep() throws InterruptedException {
    guarded.admit(TWO);
    assertThat(interruption.stop()).isTrue();
    assertThat(guarded.deliver(body(), replies::add)).isEqualTo(Replies.STOPPING);
    assertThat(replies).isEmpty();
  }

  private static Body body() {
    return new BodyStore(1000, 0).newBody().finish();
  }
}
