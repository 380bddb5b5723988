package org.mailweir.examples.relay.spool.disk;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.mailweir.examples.relay.spool.Entry;
import org.mailweir.examples.relay.spool.Mail;
import org.mailweir.examples.relay.spool.MemoryBody;
import org.mailweir.examples.relay.spool.SpoolException;

/** A start with a million messages: how long it takes, and what the spool keeps in memory. */
@Tag("soak")
@Timeout(3600)
final class StartUpTest {
  private static final int MESSAGES = Integer.getInteger("spool.messages", 1_000_000);
  private static final int DESTINATIONS = 1000;
  private static final int THREADS = 50;
  private static final byte[] BODY = "Subject: x\r\n\r\nhello\r\n".repeat(40).getBytes(US_ASCII);

  @TempDir private Path directory;

  @Test
  void startsWithAMillionMessages() throws Exception {
    try (DiskSpool spool = DiskSpool.open(directory)) {
      fill(spool);
    }
    long before = heap();
    long began = System.nanoTime();
    try (DiskSpool spool = DiskSpool.open(directory)) {
      long opened = System.nanoTime();
      int claimed = 0;
      for (List<Entry> some = spool.claim(10_000); !some.isEmpty(); some = spool.claim(10_000)) {
        claimed += some.size();
      }
      long ended = System.nanoTime();
      long kept = heap() - before;
      System.out.printf(
          Locale.ROOT,
          "%d messages: opened in %.1f s, claimed in %.1f s; %.1f bytes of heap each%n",
          claimed,
          (opened - began) / 1e9,
          (ended - opened) / 1e9,
          (double) kept / claimed);
      assertThat(claimed).isEqualTo(MESSAGES);
      assertThat(kept).as("heap, whatever the number").isLessThan(4L << 20);
    }
  }

  private static void fill(DiskSpool spool) throws Exception {
    AtomicInteger next = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      running.add(threads.submit(() -> fill(spool, next)));
    }
    for (Future<?> each : running) {
      each.get();
    }
    threads.shutdown();
  }

  private static boolean fill(DiskSpool spool, AtomicInteger next) throws SpoolException {
    for (int i = next.getAndIncrement(); i < MESSAGES; i = next.getAndIncrement()) {
      String address = "u@d" + i % DESTINATIONS + ".test";
      spool.add(Mail.to("Q" + i, address), new MemoryBody(BODY, false));
    }
    return true;
  }

  private static long heap() {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
