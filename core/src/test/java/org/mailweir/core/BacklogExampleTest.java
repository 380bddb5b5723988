package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The example of the documentation, compiled. */
@Timeout(30)
class BacklogExampleTest {
  @Test
  void keepsDeferredMailAndHandsItOutWhenItMayGo() throws InterruptedException {
    DestinationGate<String> gate = DestinationGate.<String>builder().timeSource(() -> 0).build();
    Backlog<String, String> backlog = Backlog.<String, String>builder(gate).build();
    backlog.submit("example.org", "mail"); // never tried: due at once
    Dispatch<String, String> next = backlog.take();
    if (next instanceof Dispatch.Permitted<String, String> due) {
      due.permit().settle(Outcome.DEFERRED); // greylisted; before it is deferred again
      backlog.defer(due.destination(), due.message(), Duration.ofMinutes(5));
    }
    assertThat(backlog.poll()).isEmpty();
    long later = Duration.ofMinutes(5).plusSeconds(2).toNanos();
    gate.advance(later, 1000); // each 10 ms in production
    backlog.advance(later, 1000);
    assertThat(backlog.take().message()).isEqualTo("mail");
    backlog.close();
  }
}
