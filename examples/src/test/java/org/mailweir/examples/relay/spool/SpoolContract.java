package org.mailweir.examples.relay.spool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.mailweir.message.Body;
import org.mailweir.message.Destination;
import org.mailweir.message.Recipient;
import org.mailweir.message.Sender;

/**
 * What every {@link Spool} has to do. Extend it, and tell how yours is opened. What needs a process
 * that is killed is not in here.
 */
@Timeout(60)
public abstract class SpoolContract {
  private static final String TEXT = "Subject: x\r\n\r\nhello\r\n";

  @TempDir private Path directory;
  private Spool spool;

  /** Opens a spool that keeps its mail in this directory: what was in it before is there. */
  protected abstract Spool open(Path directory) throws SpoolException;

  @BeforeEach
  final void begin() throws SpoolException {
    spool = open(directory);
  }

  @AfterEach
  final void end() throws SpoolException {
    spool.close();
  }

  private void restart() throws SpoolException {
    spool.close();
    spool = open(directory);
  }

  private Entry add(String queueId, String address) throws SpoolException {
    List<Entry> entries = spool.add(Mail.to(queueId, address), new MemoryBody(TEXT));
    assertThat(entries).hasSize(1);
    return entries.get(0);
  }

  private List<Entry> claimAll() throws SpoolException {
    List<Entry> all = new ArrayList<>();
    for (List<Entry> some = spool.claim(3); !some.isEmpty(); some = spool.claim(3)) {
      all.addAll(some);
    }
    return all;
  }

  private Envelope envelope(long entry) throws SpoolException {
    try (Letter letter = spool.open(entry).orElseThrow()) {
      return letter.envelope();
    }
  }

  @Test
  void keepsAMessageAsItWas() throws Exception {
    Accepted message = Mail.to("Q1", "bob@one.test");
    Entry entry = spool.add(message, new MemoryBody(TEXT)).get(0);
    restart();
    assertThat(claimAll()).containsExactly(entry);
    try (Letter letter = spool.open(entry.id()).orElseThrow()) {
      assertThat(letter.envelope().entry()).isEqualTo(entry);
      assertThat(letter.envelope().queueId()).isEqualTo("Q1");
      assertThat(letter.envelope().sender()).isEqualTo(message.sender());
      assertThat(letter.envelope().recipients()).isEqualTo(message.recipients());
      assertThat(letter.envelope().size()).isEqualTo(TEXT.length());
      assertThat(letter.body().eightBit()).isFalse();
      assertThat(Mail.content(letter.body())).asString(UTF_8).isEqualTo(TEXT);
    }
  }

  @Test
  void beginsAnEntryWithItsArrival() throws Exception {
    Entry entry = add("Q1", "bob@one.test");
    assertThat(entry.arrived()).isEqualTo(Mail.ARRIVED);
    assertThat(entry.due()).isEqualTo(Mail.ARRIVED);
    assertThat(entry.expires()).isEqualTo(Mail.ARRIVED.plusSeconds(172_800));
    assertThat(entry.attempts()).isZero();
    assertThat(entry.warned()).isFalse();
  }

  @Test
  void makesOneEntryADestination() throws Exception {
    Accepted message = Mail.to("Q1", "a@one.test", "b@two.test", "c@one.test", "d@three.test");
    List<Entry> entries = spool.add(message, new MemoryBody(TEXT));
    assertThat(entries)
        .extracting(each -> each.destination().name())
        .containsExactly("one.test", "two.test", "three.test");
    assertThat(entries).extracting(Entry::id).isSorted().doesNotHaveDuplicates();
    assertThat(envelope(entries.get(0).id()).recipients())
        .containsExactly(Mail.recipient("a@one.test"), Mail.recipient("c@one.test"));
    assertThat(spool.totals().messages()).isEqualTo(1);
    assertThat(spool.totals().entries()).isEqualTo(3);
    assertThat(spool.totals().bytes()).isEqualTo(TEXT.length());
  }

  @Test
  void claimsEachEntryOnceAfterAStart() throws Exception {
    List<Entry> before = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      before.add(add("Q" + i, "bob@d" + i % 3 + ".test"));
    }
    assertThat(spool.claim(100)).isEmpty();
    restart();
    Entry added = add("New", "bob@one.test");
    assertThat(claimAll()).containsExactlyElementsOf(before).doesNotContain(added);
    assertThat(spool.claim(100)).isEmpty();
    restart();
    assertThat(claimAll()).containsExactlyElementsOf(with(before, added));
  }

  private static List<Entry> with(List<Entry> some, Entry another) {
    List<Entry> all = new ArrayList<>(some);
    all.add(another);
    return all;
  }

  @Test
  void givesNoIdTwice() throws Exception {
    long first = add("Q1", "bob@one.test").id();
    spool.settle(first, Mail.done("bob@one.test"));
    restart();
    long second = add("Q2", "bob@one.test").id();
    assertThat(second).isGreaterThan(first);
    assertThat(first).isPositive();
  }

  @Test
  void forgetsAnEntryOfWhichAllAreDone() throws Exception {
    Entry entry = add("Q1", "bob@one.test");
    assertThat(spool.settle(entry.id(), Mail.done("bob@one.test"))).isEqualTo(Settled.NOTHING);
    assertThat(spool.open(entry.id())).isEmpty();
    restart();
    assertThat(claimAll()).isEmpty();
    assertThat(spool.totals().messages()).isZero();
    assertThat(spool.totals().entries()).isZero();
    assertThat(spool.totals().bytes()).isZero();
  }

  @Test
  void keepsThoseWhoAreLeftWithWhatWasSaidToThem() throws Exception {
    Accepted message = Mail.to("Q1", "a@one.test", "b@one.test", "c@one.test");
    Entry entry = spool.add(message, new MemoryBody(TEXT)).get(0);
    Recipient b = Mail.recipient("b@one.test");
    Instant due = Mail.ARRIVED.plusSeconds(300);
    spool.settle(entry.id(), Mail.deferred(due, 1, Map.of(b, "450 busy")));
    Settled settled =
        spool.settle(
            entry.id(),
            new Settlement(
                List.of(Mail.recipient("a@one.test")),
                Map.of(Mail.recipient("c@one.test"), "452 full"),
                due.plusSeconds(1),
                2,
                true,
                List.of()));
    Entry left =
        new Entry(
            entry.id(),
            entry.destination(),
            entry.arrived(),
            due.plusSeconds(1),
            entry.expires(),
            2,
            true);
    assertThat(settled.left()).contains(left);
    restart();
    assertThat(claimAll()).containsExactly(left);
    assertThat(envelope(entry.id()).pending())
        .containsExactly(
            new Pending(b, "450 busy"), new Pending(Mail.recipient("c@one.test"), "452 full"));
  }

  @Test
  void keepsTheBodyForTheOtherDestinations() throws Exception {
    List<Entry> entries =
        spool.add(Mail.to("Q1", "a@one.test", "b@two.test"), new MemoryBody(TEXT));
    spool.settle(entries.get(0).id(), Mail.done("a@one.test"));
    restart();
    try (Letter letter = spool.open(entries.get(1).id()).orElseThrow()) {
      assertThat(Mail.content(letter.body())).asString(UTF_8).isEqualTo(TEXT);
    }
    spool.settle(entries.get(1).id(), Mail.done("b@two.test"));
    assertThat(spool.totals().messages()).isZero();
  }

  @Test
  void addsNoticesInTheStepThatSettles() throws Exception {
    Entry entry = add("Q1", "bob@one.test");
    Accepted report =
        new Accepted(
            "N1",
            new Sender("", -1, false, false),
            List.of(Mail.recipient("alice@sender.test")),
            Mail.ARRIVED,
            Mail.ARRIVED.plusSeconds(60));
    Settled settled =
        spool.settle(
            entry.id(),
            new Settlement(
                List.of(Mail.recipient("bob@one.test")),
                Map.of(),
                Mail.ARRIVED,
                1,
                false,
                List.of(new Settlement.Notice(report, new MemoryBody("report")))));
    assertThat(settled.left()).isEmpty();
    assertThat(settled.notices()).hasSize(1);
    restart();
    assertThat(claimAll()).containsExactlyElementsOf(settled.notices());
    try (Letter letter = spool.open(settled.notices().get(0).id()).orElseThrow()) {
      assertThat(letter.envelope().sender()).isEqualTo(report.sender());
      assertThat(Mail.content(letter.body())).asString(UTF_8).isEqualTo("report");
    }
    assertThat(spool.totals().messages()).isEqualTo(1);
    assertThat(spool.totals().entries()).isEqualTo(1);
    assertThat(spool.totals().bytes()).isEqualTo("report".length());
  }

  @Test
  void changesNothingWhereTheEntryIsGone() throws Exception {
    Entry entry = add("Q1", "bob@one.test");
    assertThat(spool.remove(List.of(entry.id(), entry.id() + 1000))).isEqualTo(1);
    Accepted report = Mail.to("N1", "alice@sender.test");
    Settlement late =
        new Settlement(
            List.of(),
            Map.of(),
            Mail.ARRIVED,
            1,
            false,
            List.of(new Settlement.Notice(report, new MemoryBody("report"))));
    assertThat(spool.settle(entry.id(), late)).isEqualTo(Settled.NOTHING);
    assertThat(spool.open(entry.id())).isEmpty();
    restart();
    assertThat(claimAll()).isEmpty();
    // The notice's id is as good as new.
    assertThat(spool.add(report, new MemoryBody("report"))).hasSize(1);
  }

  @Test
  void ignoresOneWhoIsNotAmongTheRecipients() throws Exception {
    Entry entry = add("Q1", "bob@one.test");
    assertThat(spool.settle(entry.id(), Mail.done("carol@one.test")).left()).isPresent();
    assertThat(envelope(entry.id()).recipients()).containsExactly(Mail.recipient("bob@one.test"));
  }

  @Test
  void removesByHand() throws Exception {
    List<Entry> entries =
        spool.add(Mail.to("Q1", "a@one.test", "b@two.test"), new MemoryBody(TEXT));
    Entry other = add("Q2", "c@one.test");
    assertThat(spool.remove(List.of(entries.get(0).id(), other.id()))).isEqualTo(2);
    assertThat(spool.remove(List.of(entries.get(0).id()))).isZero();
    restart();
    assertThat(claimAll()).containsExactly(entries.get(1));
    assertThat(spool.totals().messages()).isEqualTo(1);
    assertThat(spool.totals().bytes()).isEqualTo(TEXT.length());
  }

  @Test
  void readsALetterToItsEndThoughItIsRemoved() throws Exception {
    Entry entry = add("Q1", "bob@one.test");
    try (Letter letter = spool.open(entry.id()).orElseThrow()) {
      spool.remove(List.of(entry.id()));
      assertThat(Mail.content(letter.body())).asString(UTF_8).isEqualTo(TEXT);
    }
  }

  @Test
  void listsWhatIsAskedForOldestFirst() throws Exception {
    for (int i = 0; i < 6; i++) {
      add("Q" + i, "bob@" + (i % 2 == 0 ? "even" : "odd") + ".test");
    }
    assertThat(ids(Query.all(), 100)).containsExactly("Q0", "Q1", "Q2", "Q3", "Q4", "Q5");
    assertThat(ids(Query.all(), 2)).containsExactly("Q0", "Q1");
    long second = spool.list(Query.all(), 2).get(1).entry().id();
    assertThat(ids(Query.all().after(second), 2)).containsExactly("Q2", "Q3");
    Query odd = Query.all().destination(new Destination("odd.test"));
    assertThat(ids(odd, 100)).containsExactly("Q1", "Q3", "Q5");
    assertThat(ids(odd.after(second), 1)).containsExactly("Q3");
    assertThat(ids(odd.queueId("Q3"), 100)).containsExactly("Q3");
    assertThat(ids(odd.queueId("Q4"), 100)).isEmpty();
    assertThat(ids(Query.all().sender("alice@sender.test"), 100)).hasSize(6);
    assertThat(ids(Query.all().sender("mallory@sender.test"), 100)).isEmpty();
  }

  private List<String> ids(Query query, int limit) throws SpoolException {
    return spool.list(query, limit).stream().map(Envelope::queueId).toList();
  }

  @Test
  void keepsAnEmptyBody() throws Exception {
    Entry entry = spool.add(Mail.to("Q1", "bob@one.test"), new MemoryBody("")).get(0);
    restart();
    try (Letter letter = spool.open(entry.id()).orElseThrow()) {
      assertThat(letter.body().size()).isZero();
      assertThat(Mail.content(letter.body())).isEmpty();
    }
  }

  @Test
  void keepsABigBodyOfAllBytes() throws Exception {
    byte[] content = new byte[10_000_019];
    Body body = new MemoryBody(content, true);
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) (i * 31 + i / 251);
    }
    Entry entry = spool.add(Mail.to("Q1", "bob@one.test"), body).get(0);
    restart();
    try (Letter letter = spool.open(entry.id()).orElseThrow()) {
      assertThat(letter.body().eightBit()).isTrue();
      assertThat(letter.body().size()).isEqualTo(content.length);
      assertThat(Arrays.equals(Mail.content(letter.body()), content)).isTrue();
      assertThat(Arrays.equals(Mail.content(letter.body()), content)).as("again").isTrue();
    }
  }

  @Test
  void keepsAThousandRecipients() throws Exception {
    String[] addresses =
        IntStream.range(0, 1000)
            .mapToObj(i -> "u" + i + "@d" + i % 7 + ".test")
            .toArray(String[]::new);
    Accepted message = Mail.to("Q1", addresses);
    List<Entry> entries = spool.add(message, new MemoryBody(TEXT));
    assertThat(entries).hasSize(7);
    restart();
    Set<Recipient> all = new HashSet<>();
    for (Entry each : claimAll()) {
      all.addAll(envelope(each.id()).recipients());
    }
    assertThat(all).containsExactlyInAnyOrderElementsOf(message.recipients());
  }

  @Test
  void keepsAddressesOfAllKinds() throws Exception {
    Recipient literal =
        new Recipient("\"odd \\\" one\"@[IPv6:2001:db8::1]", Destination.of("[IPv6:2001:db8::1]"));
    Recipient utf8 = new Recipient("Διονύσιος.😀@例え.test", Destination.of("例え.test"));
    Accepted message =
        new Accepted(
            "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
            new Sender("", -1, false, true),
            List.of(literal, utf8),
            Mail.ARRIVED,
            Mail.ARRIVED.plusMillis(1));
    List<Entry> entries = spool.add(message, new MemoryBody(TEXT));
    restart();
    assertThat(claimAll()).isEqualTo(entries);
    assertThat(envelope(entries.get(0).id()).recipients()).containsExactly(literal);
    assertThat(envelope(entries.get(1).id()).recipients()).containsExactly(utf8);
    assertThat(envelope(entries.get(1).id()).sender()).isEqualTo(message.sender());
  }

  @Test
  void takesNothingWhereTheBodyCannotBeRead() throws Exception {
    Body broken =
        new MemoryBody(TEXT) {
          @Override
          public long size() {
            return 10_000; // more than there is
          }
        };
    assertThatExceptionOfType(SpoolException.class)
        .isThrownBy(() -> spool.add(Mail.to("Q1", "bob@one.test"), broken));
    assertThat(spool.totals().messages()).isZero();
    restart();
    assertThat(claimAll()).isEmpty();
    assertThat(add("Q1", "bob@one.test")).isNotNull();
  }

  @Test
  void failsWhenItIsClosed() throws Exception {
    Entry entry = add("Q1", "bob@one.test");
    spool.close();
    List<Callable<Object>> calls =
        List.of(
            () -> spool.add(Mail.to("Q2", "bob@one.test"), new MemoryBody(TEXT)),
            () -> spool.claim(1),
            () -> spool.open(entry.id()),
            () -> spool.settle(entry.id(), Mail.done("bob@one.test")),
            () -> spool.remove(List.of(entry.id())),
            () -> spool.list(Query.all(), 1));
    for (Callable<Object> each : calls) {
      assertThatExceptionOfType(SpoolException.class)
          .isThrownBy(each::call)
          .matches(failure -> failure.kind() == SpoolException.Kind.FAILED);
    }
    spool.close();
  }

  @Test
  void manyThreadsAddAndSettleAtOnce() throws Exception {
    int threads = 16;
    int each = 40;
    ExecutorService clients = Executors.newFixedThreadPool(threads);
    List<Future<List<Entry>>> running = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int client = i;
      running.add(clients.submit(() -> addAndSettle(client, each)));
    }
    List<Entry> left = new ArrayList<>();
    for (Future<List<Entry>> one : running) {
      left.addAll(one.get());
    }
    clients.shutdown();
    assertThat(left).extracting(Entry::id).doesNotHaveDuplicates();
    assertThat(spool.totals().entries()).isEqualTo(left.size());
    restart();
    assertThat(claimAll()).containsExactlyInAnyOrderElementsOf(left);
    assertThat(spool.totals().entries()).isEqualTo(left.size());
    assertThat(spool.totals().messages()).isEqualTo(left.size());
    for (Entry one : left) {
      try (Letter letter = spool.open(one.id()).orElseThrow()) {
        assertThat(Mail.content(letter.body()))
            .asString(UTF_8)
            .isEqualTo(letter.envelope().queueId());
      }
    }
  }

  /** Returns what was not settled. */
  private List<Entry> addAndSettle(int client, int count) throws SpoolException {
    SplittableRandom random = new SplittableRandom(client);
    List<Entry> left = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String queueId = "C" + client + "M" + i;
      left.addAll(spool.add(Mail.to(queueId, "bob@one.test"), new MemoryBody(queueId)));
      if (random.nextBoolean()) {
        Entry done = left.remove(random.nextInt(left.size()));
        spool.settle(done.id(), Mail.done("bob@one.test"));
      }
    }
    return left;
  }

  @Test
  void removesManyInOneCall() throws Exception {
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      ids.add(add("Q" + i, "bob@one.test").id());
    }
    assertThat(spool.remove(LongStream.rangeClosed(1, 10_000).boxed().toList())).isEqualTo(200);
    assertThat(spool.totals().entries()).isZero();
    assertThat(spool.open(ids.get(0))).isEmpty();
  }
}
