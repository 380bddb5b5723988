package org.mailweir.examples.relay.spool.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.examples.relay.spool.Entry;
import org.mailweir.examples.relay.spool.Letter;
import org.mailweir.examples.relay.spool.Mail;
import org.mailweir.examples.relay.spool.MemoryBody;
import org.mailweir.examples.relay.spool.Query;
import org.mailweir.examples.relay.spool.SpoolException;
import org.mailweir.examples.relay.spool.SpoolException.Kind;
import org.mailweir.message.Recipient;

/** Damage, a full disk, two processes: what the default spool does where the contract ends. */
final class DiskSpoolTest {
  private static final long RESERVE = 1 << 20;
  private static final String TEXT = "Subject: x\r\n\r\nhello\r\n";
  private static final Recipient BOB = Mail.recipient("bob@one.test");

  @TempDir private Path directory;
  private final AtomicLong free = new AtomicLong(1L << 40);
  private DiskSpool spool;

  @BeforeEach
  void begin() throws SpoolException {
    spool = DiskSpool.open(directory, free::get, RESERVE);
  }

  @AfterEach
  void end() throws SpoolException {
    spool.close();
  }

  private void restart() throws SpoolException {
    spool.close();
    spool = DiskSpool.open(directory, free::get, RESERVE);
  }

  private Entry add(String queueId) throws SpoolException {
    return spool.add(Mail.to(queueId, "bob@one.test"), new MemoryBody(TEXT)).get(0);
  }

  private Path file(String queueId) throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("mail"))) {
      return files.filter(each -> each.endsWith(queueId)).findFirst().orElseThrow();
    }
  }

  private static void overwrite(Path file, long position, int length) throws IOException {
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      for (long i = position; i < position + length; i++) {
        out.seek(i);
        int before = out.read();
        out.seek(i);
        out.write(before ^ 0x55);
      }
    }
  }

  private void assertWhole(long entry) throws Exception {
    try (Letter letter = spool.open(entry).orElseThrow()) {
      assertThat(Mail.content(letter.body())).asString(UTF_8).isEqualTo(TEXT);
    }
  }

  /** The first bytes, the envelope's, the body's, the end's. */
  @ParameterizedTest
  @ValueSource(longs = {0, 9, 40, -25, -10, -1})
  void setsAMessageAsideOfWhichAByteIsWrong(long position) throws Exception {
    Entry bad = add("Bad");
    Entry good = add("Good");
    long length = Files.size(file("Bad"));
    overwrite(file("Bad"), position < 0 ? length + position : position, 1);
    assertThat(spool.open(bad.id())).isEmpty();
    assertThat(directory.resolve("damaged/Bad")).hasSize(length);
    assertThat(spool.totals().damaged()).isEqualTo(1);
    assertThat(spool.totals().messages()).isEqualTo(1);
    assertWhole(good.id());
    restart();
    assertThat(spool.claim(10)).containsExactly(good);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 11, 100})
  void setsAMessageAsideThatIsCutOff(long length) throws Exception {
    Entry bad = add("Bad");
    try (RandomAccessFile file = new RandomAccessFile(file("Bad").toFile(), "rw")) {
      file.setLength(length);
    }
    assertThat(spool.open(bad.id())).isEmpty();
    assertThat(directory.resolve("damaged/Bad")).hasSize(length);
    assertThat(spool.totals().entries()).isZero();
  }

  @Test
  void goesOnWhereAFileIsMissing() throws Exception {
    Entry bad = add("Bad");
    Entry good = add("Good");
    Files.delete(file("Bad"));
    assertThat(spool.open(bad.id())).isEmpty();
    assertThat(spool.list(Query.all(), 10)).extracting(each -> each.queueId()).containsOnly("Good");
    assertWhole(good.id());
  }

  @Test
  void collectsFilesThatTheIndexDoesNotKnow() throws Exception {
    Entry good = add("Good");
    Path stranger = new MailFiles(directory).path("Stranger");
    Files.copy(file("Good"), stranger);
    Path torn = new MailFiles(directory).path("Torn");
    Files.writeString(torn, "MWMA");
    restart();
    assertThat(stranger).doesNotExist();
    assertThat(torn).doesNotExist();
    assertWhole(good.id());
  }

  @Test
  void buildsTheIndexAgainWhereItIsGone() throws Exception {
    add("Q1");
    Entry second = add("Q2");
    spool.settle(second.id(), Mail.deferred(Mail.ARRIVED.plusSeconds(9), 3, Map.of()));
    spool.close();
    for (String each : Database.FILES) {
      Files.deleteIfExists(directory.resolve(each));
    }
    Files.writeString(new MailFiles(directory).path("Torn"), "MWMA");
    restart();
    List<Entry> claimed = spool.claim(10);
    assertThat(claimed).hasSize(2);
    assertThat(claimed).allMatch(each -> each.id() > second.id() && each.attempts() == 0);
    for (Entry each : claimed) {
      assertWhole(each.id());
    }
    assertThat(directory.resolve("damaged/Torn")).exists();
    assertThat(spool.totals().damaged()).isEqualTo(1);
  }

  @Test
  void buildsADamagedIndexAgainAtTheStart() throws Exception {
    List<Entry> before = fill(200);
    spool.close();
    Path index = directory.resolve(Database.NAME);
    overwrite(index, Files.size(index) / 2, 4096);
    restart();
    assertAllThere(before);
  }

  @Test
  void buildsAnIndexOfNonsenseAgainAtTheStart() throws Exception {
    List<Entry> before = fill(5);
    spool.close();
    Files.writeString(directory.resolve(Database.NAME), "nonsense ".repeat(1000));
    restart();
    assertAllThere(before);
  }

  @Test
  void buildsADamagedIndexAgainWhileItIsUsed() throws Exception {
    List<Entry> before = fill(200);
    restart();
    Path index = directory.resolve(Database.NAME);
    overwrite(index, 4096, (int) Files.size(index) - 4096);
    assertThatExceptionOfType(SpoolException.class)
        .isThrownBy(() -> spool.open(before.get(100).id()))
        .matches(failure -> failure.kind() == Kind.FAILED);
    assertThat(spool.open(before.get(100).id())).isEmpty();
    assertAllThere(before);
    assertThat(add("New").id()).isGreaterThan(before.get(199).id());
  }

  private List<Entry> fill(int count) throws SpoolException {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      entries.add(add("Q" + i));
    }
    return entries;
  }

  private void assertAllThere(List<Entry> before) throws Exception {
    List<Entry> claimed = spool.claim(1000);
    assertThat(claimed).hasSameSizeAs(before);
    assertThat(spool.list(Query.all(), 1000))
        .extracting(each -> each.queueId())
        .doesNotHaveDuplicates()
        .hasSameSizeAs(before);
    for (Entry each : claimed) {
      assertWhole(each.id());
    }
    assertThat(spool.totals().messages()).isEqualTo(before.size());
  }

  @Test
  void takesNoMailWhereTheDiskIsFullAndSettlesAllTheSame() throws Exception {
    Entry entry = add("Q1");
    free.set(RESERVE + 70_000);
    assertThatExceptionOfType(SpoolException.class)
        .isThrownBy(
            () -> spool.add(Mail.to("Q2", "bob@one.test"), new MemoryBody(new byte[10_000], false)))
        .withMessageContaining("is full")
        .matches(failure -> failure.kind() == Kind.FULL);
    assertThat(spool.totals().room()).isLessThan(10_000);
    free.set(0);
    assertThat(spool.totals().room()).isZero();
    Instant due = Mail.ARRIVED.plusSeconds(5);
    spool.settle(entry.id(), Mail.deferred(due, 1, Map.of(BOB, "450 later")));
    spool.settle(entry.id(), Mail.done("bob@one.test"));
    free.set(1L << 30);
    assertWhole(add("Q2").id());
  }

  @Test
  void keepsASecondProcessOut() throws Exception {
    assertThatExceptionOfType(SpoolException.class)
        .isThrownBy(() -> DiskSpool.open(directory))
        .withMessage(
            "The spool "
                + directory
                + " is in use by the process "
                + ProcessHandle.current().pid());
    assertWhole(add("Q1").id());
  }

  @Test
  void saysWhatIsWrongWithADirectoryThatCannotBeUsed() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");
    assertThatExceptionOfType(SpoolException.class)
        .isThrownBy(() -> DiskSpool.open(file))
        .withMessageStartingWith("The spool " + file + " cannot be opened: ")
        .matches(failure -> failure.kind() == Kind.FAILED);
  }

  @Test
  void refusesAQueueIdThatIsInUse() throws Exception {
    Entry entry = add("Q1");
    assertThatExceptionOfType(SpoolException.class).isThrownBy(() -> add("Q1"));
    assertWhole(entry.id());
  }

  @Test
  void letsNobodyElseReadMail() throws Exception {
    add("Q1");
    assertThat(Files.getPosixFilePermissions(file("Q1"))).hasSize(2);
    assertThat(Files.getPosixFilePermissions(directory.resolve("mail"))).hasSize(3);
  }
}
