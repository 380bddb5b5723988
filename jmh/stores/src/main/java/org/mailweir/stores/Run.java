package org.mailweir.stores;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** Measures one candidate in a fresh directory, which it deletes. */
final class Run {
  private static final int ENVELOPE = 200;
  private static final int MANY = 50;

  private interface Work {
    /** Does one piece; returns whether there is more. */
    boolean step() throws Exception;
  }

  private final Candidate candidate;
  private final Path parent;
  private final Duration phase;
  private final byte[] envelope = bytes(ENVELOPE);
  private final byte[] body;

  Run(Candidate candidate, Path parent, Duration phase, int bodySize) {
    this.candidate = candidate;
    this.parent = parent;
    this.phase = phase;
    this.body = bytes(bodySize);
  }

  Figures measure(long scanned) throws Exception {
    Path directory = Candidate.folder(parent);
    Path many = Candidate.folder(parent);
    try {
      return measure(directory, many, scanned);
    } finally {
      delete(directory);
      delete(many);
    }
  }

  private Figures measure(Path directory, Path many, long scanned) throws Exception {
    AtomicLong ids = new AtomicLong();
    Figures.Accept accept;
    double defer;
    double settle;
    long written;
    try (Store store = candidate.open(directory)) {
      Work add = () -> add(store, ids.incrementAndGet());
      rate(10, phase.dividedBy(2), add); // warms up
      long before = written();
      long first = ids.get();
      accept = new Figures.Accept(rate(1, phase, add), rate(10, phase, add), rate(50, phase, add));
      written = (written() - before) / (ids.get() - first);
      AtomicLong deferred = new AtomicLong();
      defer = rate(MANY, phase, () -> defer(store, deferred.incrementAndGet(), ids.get()));
      AtomicLong removed = new AtomicLong();
      settle = rate(MANY, null, () -> remove(store, removed.incrementAndGet(), ids.get()));
    }
    long left = size(directory) / ids.get();
    fill(many, scanned);
    long began = System.nanoTime();
    AtomicLong seen = new AtomicLong();
    try (Store store = candidate.open(many)) {
      store.scan(id -> seen.incrementAndGet());
    }
    long millis = (System.nanoTime() - began) / 1_000_000;
    if (seen.get() != scanned) {
      throw new IllegalStateException(candidate + " has lost envelopes: " + seen);
    }
    return new Figures(
        candidate.label(), accept, defer, settle, written, left, scanned, millis, size(many));
  }

  private boolean add(Store store, long id) throws Exception {
    store.add(id, envelope, body);
    return true;
  }

  private boolean defer(Store store, long id, long last) throws Exception {
    store.defer(id % last + 1, envelope);
    return true;
  }

  private static boolean remove(Store store, long id, long last) throws Exception {
    if (id > last) {
      return false;
    }
    store.remove(id);
    return true;
  }

  private void fill(Path directory, long count) throws Exception {
    AtomicLong ids = new AtomicLong();
    try (Store store = candidate.open(directory)) {
      rate(
          4 * MANY,
          null,
          () -> {
            long id = ids.incrementAndGet();
            if (id > count) {
              return false;
            }
            store.add(id, envelope, new byte[0]);
            return true;
          });
    }
  }

  /** Returns how many steps a second all clients did together. */
  private static double rate(
      int clients, @org.jspecify.annotations.Nullable Duration most, Work work) throws Exception {
    long began = System.nanoTime();
    AtomicLong steps = new AtomicLong();
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        running.add(
            threads.submit(
                () -> {
                  while ((most == null || System.nanoTime() - began < most.toNanos())
                      && work.step()) {
                    steps.incrementAndGet();
                  }
                  return null;
                }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
    return steps.get() * 1e9 / (System.nanoTime() - began);
  }

  /** Returns what this process has sent to the disk (proc(5), io). */
  private static long written() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/io")).stream()
        .filter(line -> line.startsWith("write_bytes:"))
        .mapToLong(line -> Long.parseLong(line.substring("write_bytes:".length()).strip()))
        .sum();
  }

  private static long size(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  // Half text, half not: a store that compresses should gain what it would from mail.
  private static byte[] bytes(int length) {
    SplittableRandom random = new SplittableRandom(7);
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i % 2 == 0 ? random.nextInt(256) : 'a' + i % 26);
    }
    return bytes;
  }
}
