package org.mailweir.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AbortableTest {
  private final Abortable abortable = new Abortable();
  private final AtomicInteger ends = new AtomicInteger();

  @Test
  void endsWhatIsSetOnceOnly() {
    abortable.set(ends::incrementAndGet);
    abortable.abort();
    abortable.abort();
    assertThat(ends).hasValue(1);
    assertThat(abortable.clear()).isFalse();
  }

  @Test
  void endsAtOnceWhatIsSetTooLate() {
    abortable.abort();
    abortable.set(ends::incrementAndGet);
    assertThat(ends).hasValue(1);
  }

  @Test
  void leavesAConnectionAloneThatWasGivenBack() {
    abortable.set(ends::incrementAndGet);
    assertThat(abortable.clear()).isTrue();
    abortable.abort();
    assertThat(ends).hasValue(0);
  }

  @Test
  void endsTheConnectionRatherThanTheAttemptThatMadeIt() {
    AtomicInteger connection = new AtomicInteger();
    abortable.set(ends::incrementAndGet);
    abortable.set(connection::incrementAndGet);
    abortable.abort();
    assertThat(ends).hasValue(0);
    assertThat(connection).hasValue(1);
  }
}
