package org.mailweir.examples.relay.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.mailweir.examples.relay.spool.disk.DiskSpool;
import org.mailweir.message.Destination;
import org.mailweir.message.Recipient;

/** The default spool does what the one in memory does, whatever is asked of it, over restarts. */
final class SpoolProperties {
  private static final int STEPS = 60;
  private static final int DESTINATIONS = 4;

  private final List<Long> ids = new ArrayList<>();
  private int queueIds;

  @Property(tries = 25, shrinking = ShrinkingMode.OFF)
  void isTheSameAsTheOneInMemory(@ForAll long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    Path directory = Files.createTempDirectory("spool-");
    MemorySpool model = new MemorySpool();
    Spool spool = DiskSpool.open(directory);
    ids.clear();
    try {
      for (int i = 0; i < STEPS; i++) {
        if (random.nextInt(12) == 0) {
          spool.close();
          spool = DiskSpool.open(directory);
          model = model.reopen();
        }
        step(random, spool, model);
        assertSame(spool, model);
      }
    } finally {
      spool.close();
      delete(directory);
    }
  }

  private void step(SplittableRandom random, Spool spool, Spool model) throws SpoolException {
    switch (random.nextInt(6)) {
      case 0, 1 -> add(message(random), "body " + queueIds, spool, model);
      case 2, 3 -> settle(random, spool, model);
      case 4 -> {
        int limit = 1 + random.nextInt(5);
        assertThat(spool.claim(limit)).isEqualTo(model.claim(limit));
      }
      default -> {
        List<Long> some = List.of(anyId(random), anyId(random));
        assertThat(spool.remove(some)).isEqualTo(model.remove(some));
      }
    }
  }

  private void add(Accepted message, String body, Spool spool, Spool model) throws SpoolException {
    List<Entry> entries = spool.add(message, new MemoryBody(body));
    assertThat(entries).isEqualTo(model.add(message, new MemoryBody(body)));
    entries.forEach(each -> ids.add(each.id()));
  }

  private void settle(SplittableRandom random, Spool spool, Spool model) throws SpoolException {
    long id = anyId(random);
    List<Recipient> done = new ArrayList<>();
    Map<Recipient, String> replies = new HashMap<>();
    Optional<Letter> letter = spool.open(id);
    letter.ifPresent(Letter::close);
    for (Recipient each : letter.map(any -> any.envelope().recipients()).orElse(List.of())) {
      if (random.nextBoolean()) {
        done.add(each);
      } else if (random.nextBoolean()) {
        replies.put(each, "450 " + "x".repeat(random.nextInt(1100)));
      }
    }
    List<Settlement.Notice> notices = new ArrayList<>();
    if (random.nextInt(4) == 0) {
      notices.add(new Settlement.Notice(message(random), new MemoryBody("notice")));
    }
    Settlement settlement =
        new Settlement(
            done,
            replies,
            Mail.ARRIVED.plusSeconds(random.nextInt(1000)),
            random.nextInt(9),
            random.nextBoolean(),
            notices);
    Settled settled = spool.settle(id, settlement);
    assertThat(settled).isEqualTo(model.settle(id, settlement));
    settled.notices().forEach(each -> ids.add(each.id()));
  }

  private long anyId(SplittableRandom random) {
    return ids.isEmpty() || random.nextInt(20) == 0
        ? 1_000_000 + random.nextInt(5)
        : ids.get(random.nextInt(ids.size()));
  }

  private Accepted message(SplittableRandom random) {
    String[] addresses = new String[1 + random.nextInt(6)];
    for (int i = 0; i < addresses.length; i++) {
      addresses[i] = "u" + random.nextInt(5) + "@d" + random.nextInt(DESTINATIONS) + ".test";
    }
    return Mail.to("Q" + ++queueIds, addresses);
  }

  private static void assertSame(Spool spool, Spool model) throws Exception {
    List<Envelope> all = spool.list(Query.all(), 1000);
    assertThat(all).isEqualTo(model.list(Query.all(), 1000));
    Query one = Query.all().destination(new Destination("d1.test"));
    assertThat(spool.list(one, 3)).isEqualTo(model.list(one, 3));
    assertThat(spool.totals().messages()).isEqualTo(model.totals().messages());
    assertThat(spool.totals().entries()).isEqualTo(model.totals().entries());
    assertThat(spool.totals().bytes()).isEqualTo(model.totals().bytes());
    if (!all.isEmpty()) {
      long id = all.get(all.size() - 1).entry().id();
      try (Letter letter = spool.open(id).orElseThrow();
          Letter expected = model.open(id).orElseThrow()) {
        assertThat(letter.envelope()).isEqualTo(expected.envelope());
        assertThat(Mail.content(letter.body())).isEqualTo(Mail.content(expected.body()));
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
