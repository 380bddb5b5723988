package org.mailweir.examples.relay.spool.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mailweir.examples.relay.spool.Entry;
import org.mailweir.examples.relay.spool.Letter;
import org.mailweir.examples.relay.spool.Mail;
import org.mailweir.examples.relay.spool.MemoryBody;
import org.mailweir.examples.relay.spool.SpoolException;
import org.mailweir.examples.relay.spool.SpoolException.Kind;

/**
 * A file system of 6 MB that is full in earnest, and one that is read only. Mounts one in memory,
 * for which one has to be root.
 */
@Tag("herd")
final class RealDiskTest {
  private static final byte[] BODY = new byte[50_000];

  @TempDir private Path home;
  private Path disk;

  @BeforeEach
  void mount() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "SKIPPED: only root can mount");
    disk = Files.createDirectory(home.resolve("disk"));
    assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=6m", "spool", disk), "SKIPPED: no tmpfs");
  }

  @AfterEach
  void unmount() throws Exception {
    run("umount", disk);
  }

  @Test
  void losesNothingWhereTheDiskIsFull() throws Exception {
    List<Entry> taken = new ArrayList<>();
    try (DiskSpool spool = DiskSpool.open(disk, () -> 1L << 40, 0)) { // looks at nothing before
      assertThatExceptionOfType(SpoolException.class)
          .isThrownBy(
              () -> {
                for (int i = 0; i < 10_000; i++) {
                  taken.add(add(spool, "Q" + i));
                }
              })
          .matches(failure -> failure.kind() == Kind.FULL)
          .withMessageContaining("is full");
      assertThat(taken).hasSizeGreaterThan(50);
      assertThatExceptionOfType(SpoolException.class)
          .isThrownBy(() -> add(spool, "Again"))
          .matches(failure -> failure.kind() == Kind.FULL);
      spool.remove(taken.subList(0, 10).stream().map(Entry::id).toList());
      taken.subList(0, 10).clear();
      taken.add(add(spool, "Last"));
    }
    try (DiskSpool spool = DiskSpool.open(disk, () -> 1L << 40, 0)) {
      assertThat(spool.claim(10_000)).containsExactlyElementsOf(taken);
      assertAllWhole(spool, taken);
    }
  }

  @Test
  void takesMailAgainWhenTheDiskCanBeWrittenAgain() throws Exception {
    try (DiskSpool spool = DiskSpool.open(disk, () -> 1L << 40, 0)) {
      List<Entry> taken = new ArrayList<>(List.of(add(spool, "Q1")));
      readOnlyWhile(
          () -> {
            assertThatExceptionOfType(SpoolException.class)
                .isThrownBy(() -> add(spool, "Q2"))
                .matches(failure -> failure.kind() == Kind.FAILED)
                .withMessageContaining("Read-only file system");
            assertAllWhole(spool, taken);
          });
      taken.add(add(spool, "Q3"));
      assertAllWhole(spool, taken);
    }
  }

  private interface Action {
    void run() throws Exception;
  }

  // The system refuses to do it while files are open for writing, unless all of the disk is made
  // so.
  private void readOnlyWhile(Action action) throws Exception {
    assumeTrue(run("mount", "--bind", disk, disk), "SKIPPED: no bind mount");
    try {
      assumeTrue(run("mount", "-o", "remount,bind,ro", disk), "SKIPPED: cannot be read only");
      action.run();
    } finally {
      run("umount", disk);
    }
  }

  private static Entry add(DiskSpool spool, String queueId) throws SpoolException {
    return spool.add(Mail.to(queueId, "bob@one.test"), new MemoryBody(BODY, false)).get(0);
  }

  private static void assertAllWhole(DiskSpool spool, List<Entry> entries) throws Exception {
    for (Entry each : entries) {
      try (Letter letter = spool.open(each.id()).orElseThrow()) {
        assertThat(Mail.content(letter.body())).isEqualTo(BODY);
      }
    }
  }

  private static boolean run(Object... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    for (Object each : words) {
      command.add(each.toString());
    }
    return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
  }
}
