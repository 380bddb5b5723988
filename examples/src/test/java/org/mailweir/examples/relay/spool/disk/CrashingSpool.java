package org.mailweir.examples.relay.spool.disk;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.ReentrantLock;
import org.mailweir.examples.relay.spool.Entry;
import org.mailweir.examples.relay.spool.Mail;
import org.mailweir.examples.relay.spool.MemoryBody;
import org.mailweir.examples.relay.spool.SpoolException;

/**
 * The process that {@link CrashTest} kills: adds and settles with some threads, and tells of each
 * step on its standard output, a line each.
 *
 * <pre>
 *   added ID SIZE ENTRY ENTRY ENTRY   all of it is durable
 *   settling ENTRY                    may be there or not from here on
 *   settled ENTRY                     is gone for good
 * </pre>
 */
final class CrashingSpool {
  static final String[] RECIPIENTS = {"a@one.test", "b@two.test", "c@three.test"};

  private static final int THREADS = 8;
  private static final int MOST_BYTES = 60_000;
  private static final ReentrantLock OUTPUT = new ReentrantLock();

  private CrashingSpool() {}

  /** Takes the directory, a seed, and a prefix for queue ids. */
  public static void main(String[] args) throws Exception {
    DiskSpool spool = DiskSpool.open(Path.of(args[0]));
    SplittableRandom seeds = new SplittableRandom(Long.parseLong(args[1]));
    for (int i = 0; i < THREADS; i++) {
      SplittableRandom random = seeds.split();
      String prefix = args[2] + "T" + i + "M";
      new Thread(() -> work(spool, random, prefix)).start();
    }
  }

  private static void work(DiskSpool spool, SplittableRandom random, String prefix) {
    List<Entry> mine = new ArrayList<>();
    try {
      for (int i = 0; ; i++) {
        String queueId = prefix + i;
        byte[] content = content(queueId, random.nextInt(MOST_BYTES));
        List<Entry> added = spool.add(Mail.to(queueId, RECIPIENTS), new MemoryBody(content, true));
        StringBuilder line =
            new StringBuilder("added ").append(queueId).append(' ').append(content.length);
        added.forEach(each -> line.append(' ').append(each.id()));
        tell(line.toString());
        mine.addAll(added);
        for (int j = random.nextInt(4); j > 0; j--) {
          settle(spool, mine.remove(random.nextInt(mine.size())));
        }
      }
    } catch (SpoolException failure) {
      tell("failed " + failure.getMessage());
      Runtime.getRuntime().halt(3);
    }
  }

  private static void settle(DiskSpool spool, Entry entry) throws SpoolException {
    tell("settling " + entry.id());
    spool.settle(entry.id(), Mail.done(RECIPIENTS));
    tell("settled " + entry.id());
  }

  /** Returns what a body with this name and size holds. */
  static byte[] content(String queueId, int size) {
    byte[] content = new byte[size];
    SplittableRandom random = new SplittableRandom(queueId.hashCode());
    random.nextBytes(content);
    return content;
  }

  private static void tell(String line) {
    OUTPUT.lock();
    try {
      PrintStream out = System.out;
      out.print(line + "\n");
      out.flush();
    } finally {
      OUTPUT.unlock();
    }
  }
}
