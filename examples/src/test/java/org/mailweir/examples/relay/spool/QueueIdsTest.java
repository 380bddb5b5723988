package org.mailweir.examples.relay.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mailweir.loopback.LongQueueId;

final class QueueIdsTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00.123456Z");

  private static QueueIds at(Instant now, int process) {
    return new QueueIds(Clock.fixed(now, ZoneOffset.UTC), process);
  }

  @Test
  void looksLikeALongQueueIdOfPostfix() {
    int five = 51 * 51 * 51 * 51; // the least number of five digits
    assertThat(at(NOW, five).next()).isEqualTo(LongQueueId.of(NOW, five));
    assertThat(at(NOW, 0).next()).matches("[0-9A-Za-z]{6,25}").hasSize(16);
  }

  @Test
  void ascendsWhileTheClockStandsStill() {
    QueueIds ids = at(NOW, 7);
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      made.add(ids.next());
    }
    assertThat(made).doesNotHaveDuplicates().isSorted();
  }

  @Test
  void differsBetweenProcessesInTheSameMicrosecond() {
    assertThat(at(NOW, 1).next()).isNotEqualTo(at(NOW, 2).next());
    Clock fixed = Clock.fixed(NOW, ZoneOffset.UTC);
    assertThat(new QueueIds(fixed).next()).isNotEqualTo(new QueueIds(fixed).next());
  }
}
