package org.mailweir.core;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.RejectedExecutionException;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Mail that comes, is fetched, cancelled and given back at once: what each call returns is what it
 * would return if they had been called one after the other. Each message has a destination of its
 * own: while one call asks the gate for a destination, another one passes it over.
 */
public class BacklogLincheckTest {
  private final DestinationGate<String> gate =
      DestinationGate.<String>builder()
          .timeSource(() -> 0)
          .random(new SplittableRandom(1))
          .maxDestinations(16)
          .build();
  private final Backlog<String, String> backlog =
      Backlog.<String, String>builder(gate).maxMessages(3).build();
  private final Ticket first = backlog.submit("first.test", "first");
  private final Ticket second =
      backlog.defer("second.test", "second", Duration.ZERO, Duration.ofHours(1));

  @Operation
  public String submit() {
    try {
      backlog.submit("third.test", "third");
      return "taken";
    } catch (RejectedExecutionException refused) {
      return "refused";
    }
  }

  @Operation
  public String poll() {
    return backlog
        .poll()
        .map(next -> next.getClass().getSimpleName() + " " + next.message())
        .orElse("nothing");
  }

  @Operation
  public boolean cancelFirst() {
    return first.cancel();
  }

  @Operation
  public boolean cancelSecond() {
    return second.cancel();
  }

  @Operation
  public boolean isSecondPending() {
    return second.isPending();
  }

  @Operation
  public int pending() {
    return backlog.stats().pending();
  }

  @Operation
  public void close() {
    backlog.close();
  }

  @Test
  @Timeout(120)
  void isLinearizable() {
    Lincheck.tryInterleavings(getClass());
  }
}
