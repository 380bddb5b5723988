package org.mailweir.examples.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.examples.relay.spool.Accepted;
import org.mailweir.examples.relay.spool.Entry;
import org.mailweir.examples.relay.spool.Envelope;
import org.mailweir.examples.relay.spool.Letter;
import org.mailweir.examples.relay.spool.Query;
import org.mailweir.examples.relay.spool.Settled;
import org.mailweir.examples.relay.spool.Settlement;
import org.mailweir.examples.relay.spool.Spool;
import org.mailweir.examples.relay.spool.SpoolTotals;
import org.mailweir.message.Body;
import org.mailweir.message.Destination;

/** What a million entries cost the relay beside the spool: time at the start, and heap. */
@Tag("herd")
class MillionTest {
  private static final int ENTRIES = 1_000_000;
  private static final int DESTINATIONS = 10_000;
  private static final int MOST_BYTES = 80; // 52 of each entry, and the destinations' share

  @Test
  @Timeout(300)
  void startsWithAMillionEntriesInLittleTimeAndHeap() throws Exception {
    try (RelayWorld world = RelayWorld.open()) {
      RelayConfig config =
          new RelayConfig(
              world.transport().build(),
              Path.of("in memory"),
              RelayConfig.builder().build().protocol(),
              Duration.ofMinutes(2),
              Duration.ofHours(1),
              Duration.ofDays(2));
      long before = heap();
      long begun = System.nanoTime();
      Relay relay = world.keep(Relay.start(config, new Waiting()));
      Duration took = Duration.ofNanos(System.nanoTime() - begun);
      long each = (heap() - before) / ENTRIES;

      System.out.printf(
          "A start with %d entries for %d destinations: %d ms, %d B of heap each%n",
          ENTRIES, DESTINATIONS, took.toMillis(), each);
      assertThat(relay.queue().stats().waiting()).isEqualTo(ENTRIES);
      assertThat(each).isLessThanOrEqualTo(MOST_BYTES);
      assertThat(took).isLessThan(Duration.ofMinutes(1));
    }
  }

  private static long heap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  /** A spool full of mail that waits for its time. */
  private static final class Waiting implements Spool {
    private final Instant now = Clock.systemUTC().instant();
    private int claimed;

    @Override
    public List<Entry> claim(int limit) {
      List<Entry> some = new ArrayList<>(limit);
      while (some.size() < limit && claimed < ENTRIES) {
        claimed++;
        Destination destination = new Destination("d" + claimed % DESTINATIONS + ".test");
        Duration wait = Duration.ofMinutes(10 + claimed % 50);
        some.add(
            new Entry(
                claimed, destination, now, now.plus(wait), now.plus(Duration.ofDays(2)), 1, false));
      }
      return some;
    }

    @Override
    public List<Entry> add(Accepted message, Body body) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Letter> open(long entry) {
      return Optional.empty();
    }

    @Override
    public Settled settle(long entry, Settlement settlement) {
      return Settled.NOTHING;
    }

    @Override
    public int remove(Collection<Long> entries) {
      return 0;
    }

    @Override
    public List<Envelope> list(Query query, int limit) {
      return List.of();
    }

    @Override
    public SpoolTotals totals() {
      return new SpoolTotals(ENTRIES, ENTRIES, 0, 0, 0);
    }

    @Override
    public void close() {}
  }
}
