package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mailweir.core.BacklogHarness.LIVE;

import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.core.Dispatch.Permitted;

/**
 * Two threads that meet: one asks for mail, while the other one gives back what that mail waits
 * for. Whoever comes first, it goes, and no time has to pass.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class BacklogMeetingTest {
  private static final int ROUNDS = 3_000;

  private final SplittableRandom random = new SplittableRandom(5);
  private final AtomicInteger begun = new AtomicInteger(); // rounds
  private final AtomicInteger ended = new AtomicInteger();
  private volatile Permit held;
  private volatile int pause;
  private final Thread other = new Thread(this::giveBack);

  @AfterEach
  void end() throws InterruptedException {
    other.interrupt();
    other.join();
  }

  private void giveBack() {
    for (int round = 1; await(begun, round); round++) {
      for (int i = pause; i > 0; i--) {
        Thread.onSpinWait();
      }
      held.close();
      ended.set(round);
    }
  }

  /** Waits for a round; returns false if interrupted before. */
  private static boolean await(AtomicInteger rounds, int round) {
    for (int tries = 0; rounds.get() < round; tries++) {
      if (Thread.currentThread().isInterrupted()) {
        return false;
      }
      if (tries < 10_000) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
    return true;
  }

  private void mailGoesWhoeverComesFirst(BacklogHarness mail, String holder) {
    other.start();
    for (int round = 1; round <= ROUNDS; round++) {
      held = mail.gate.readyPermit(holder);
      pause = random.nextInt(200);
      mail.backlog.submit(LIVE, "m");
      begun.set(round);
      Optional<Dispatch<String, String>> next = mail.backlog.poll();
      assertThat(await(ended, round)).isTrue();
      if (next.isEmpty()) {
        next = mail.backlog.poll();
      }
      assertThat(next).as("round %d", round).isPresent();
      ((Permitted<String, String>) next.orElseThrow()).permit().close();
    }
  }

  @Test
  void mailThatWaitsForWhatAllShareGoesWhoeverComesFirst() {
    BacklogHarness tight =
        BacklogHarness.of(GateHarness.with(builder -> builder.maxInFlight(1)), builder -> {});
    tight.gate.live(LIVE);
    mailGoesWhoeverComesFirst(tight, "other.test");
  }

  @Test
  void mailThatWaitsForItsDestinationGoesWhoeverComesFirst() {
    BacklogHarness mail = BacklogHarness.start();
    mail.gate.live(LIVE);
    GateFlow.fill(mail.gate, LIVE).get(0).close(); // all but one are held all the time
    mailGoesWhoeverComesFirst(mail, LIVE);
  }
}
