package org.mailweir.lab.policy;

import java.time.Duration;
import java.util.OptionalDouble;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.Admission;
import org.mailweir.core.Attempt;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.GateBuilder;
import org.mailweir.core.Permit;
import org.mailweir.core.Refusal;
import org.mailweir.core.Transaction;
import org.mailweir.lab.mail.Letter;
import org.mailweir.lab.world.Ending;

/**
 * Mailweir's production gate, through its public interface, used as the LMTP adapter uses it
 * (org.mailweir.delivery): one transaction a client, one admission a destination, 30 s of patience;
 * what is not connected after 5 s, or not ready after 20 s, is detached; what is turned away by 421
 * asks for another turn; the time is advanced every 10 ms.
 */
final class Mailweir implements Transport {
  /** How much Postfix helps. */
  enum Help {
    /** As it comes: the age of mail is unknown, and what was refused comes back by its own time. */
    NONE(false, false),
    /** {@code lmtp_send_xforward_command}: the queue id tells the age. */
    AGES(true, false),
    /** And refused mail of destinations that take mail again is called back. */
    AGES_AND_RECALL(true, true);

    private final boolean ages;
    private final boolean recall;

    Help(boolean ages, boolean recall) {
      this.ages = ages;
      this.recall = recall;
    }
  }

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final double FRESH = 300;

  private final Bench bench;
  private final boolean ages;
  private final DestinationGate<String> gate;
  private final @Nullable Recall recall;

  Mailweir(Bench bench, Help help) {
    this.bench = bench;
    ages = help.ages;
    GateBuilder<String> builder =
        DestinationGate.<String>builder()
            .clients(bench.clients())
            .timeSource(bench.time())
            .random(bench.seeds().of("gate"));
    recall = help.recall ? new Recall(bench.time()) : null;
    gate = recall == null ? builder.build() : builder.listener(recall).build();
    if (recall != null) {
      recall.start(gate);
    }
    GateTicker.start(bench, gate, () -> {});
  }

  @Override
  public OptionalDouble window(String destination) {
    return GateTicker.window(gate, destination);
  }

  @Override
  public void take(Handover handover) {
    Transaction<String> transaction = gate.begin();
    boolean fresh = bench.time().seconds() - handover.created() < FRESH;
    Attempt attempt = !ages ? Attempt.UNKNOWN : fresh ? Attempt.FRESH : Attempt.RETRIED;
    for (Letter letter : handover.letters()) {
      if (recall != null) {
        recall.came(letter);
      }
      new Delivery(handover, letter)
          .await(transaction.admitAsync(letter.destination(), attempt, PATIENCE));
    }
  }

  /** One letter on its way. */
  private final class Delivery implements Try.Owner {
    private final Handover handover;
    private final Letter letter;

    Delivery(Handover handover, Letter letter) {
      this.handover = handover;
      this.letter = letter;
    }

    void await(CompletionStage<Admission> answer) {
      Stages.handle(bench.time(), answer, this::answered);
    }

    private void answered(Admission admission) {
      if (admission instanceof Refusal refusal) {
        rememberForRecall();
        handover.refused(letter, refusal.reason().name());
      } else if (admission instanceof Permit permit) {
        Try.start(bench, letter, permit, this);
      }
    }

    @Override
    public void ended(Ending ending) {
      if (ending == Ending.DELIVERED) {
        handover.delivered(letter);
        return;
      }
      if (ending.isUnreachable()) {
        rememberForRecall();
      }
      handover.failed(letter);
    }

    @Override
    public void detached() {
      rememberForRecall();
      handover.failed(letter);
    }

    @Override
    public void pushedBack(Permit permit) {
      await(permit.requeue(PATIENCE, "421"));
    }

    private void rememberForRecall() {
      if (recall != null) {
        recall.refused(handover, letter);
      }
    }
  }
}
