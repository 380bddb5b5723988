package org.mailweir.examples.relay.spool.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.mailweir.examples.relay.spool.Entry;
import org.mailweir.examples.relay.spool.Letter;
import org.mailweir.examples.relay.spool.Mail;
import org.mailweir.examples.relay.spool.SpoolException;

/**
 * Kills a process that uses the spool, at a random moment, again and again on the same directory:
 * all that it has acknowledged is there and whole, and nothing is there by halves. This proves the
 * order of the writes against a death of the process; that they are synced, a loss of power would
 * show (docs/decisions/0011-spool.md tells how that was looked at).
 */
final class CrashTest {
  private static final int ENTRIES = CrashingSpool.RECIPIENTS.length;

  private record Added(int size, List<Long> entries) {}

  @TempDir private Path directory;
  private final Map<String, Added> added = new HashMap<>();
  private final Set<Long> settling = new HashSet<>();
  private final Set<Long> settled = new HashSet<>();

  @Test
  @Timeout(100)
  void losesNothingWhenItIsKilled() throws Exception {
    killAgainAndAgain(20261122, 4);
  }

  @Test
  @Tag("soak")
  @Timeout(3600)
  void losesNothingWhenItIsKilledAHundredTimes() throws Exception {
    killAgainAndAgain(7, 100);
  }

  private void killAgainAndAgain(long seed, int rounds) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < rounds; round++) {
      run(random.nextLong(), "R" + round, random.nextInt(600));
      check("seed " + seed + ", round " + round);
    }
    assertThat(settled).isNotEmpty();
  }

  private void run(long seed, String prefix, int lines) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                CrashingSpool.class.getName(),
                directory.toString(),
                Long.toString(seed),
                prefix)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (int i = 0; i < lines; i++) {
        note(out.readLine());
      }
      process.toHandle().destroyForcibly(); // the process's own method would close the pipe
      // What it had told before it died is still in the pipe; the last line may be cut off.
      String last = null;
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (last != null) {
          note(last);
        }
        last = line;
      }
      if (last != null && last.startsWith("settling ")) {
        settling.add(Long.parseLong(last.substring("settling ".length())));
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private void note(String line) {
    String[] words = line.split(" ");
    switch (words[0]) {
      case "added" -> {
        List<Long> entries = Stream.of(words).skip(3).map(Long::parseLong).toList();
        assertThat(entries).hasSize(ENTRIES);
        added.put(words[1], new Added(Integer.parseInt(words[2]), entries));
      }
      case "settling" -> settling.add(Long.parseLong(words[1]));
      case "settled" -> settled.add(Long.parseLong(words[1]));
      default -> throw new AssertionError(line);
    }
  }

  private void check(String what) throws Exception {
    Map<String, List<Long>> there = new HashMap<>();
    try (DiskSpool spool = DiskSpool.open(directory)) {
      for (Entry each : claimAll(spool)) {
        try (Letter letter = spool.open(each.id()).orElseThrow()) {
          String queueId = letter.envelope().queueId();
          there.computeIfAbsent(queueId, any -> new ArrayList<>()).add(each.id());
          byte[] content = Mail.content(letter.body());
          byte[] expected = CrashingSpool.content(queueId, content.length);
          assertThat(Arrays.equals(content, expected)).as(what + ": " + queueId).isTrue();
          if (added.containsKey(queueId)) {
            assertThat(content).as(what).hasSize(added.get(queueId).size());
          }
        }
      }
      assertThat(spool.totals().damaged()).as(what).isZero();
      assertThat(spool.totals().messages()).as(what).isEqualTo(there.size());
      assertThat(files()).as(what + ": files").isEqualTo(there.size());
    }
    assertThat(settled).as(what).doesNotContainAnyElementsOf(flat(there));
    for (Map.Entry<String, Added> each : added.entrySet()) {
      Set<Long> must = new HashSet<>(each.getValue().entries());
      must.removeAll(settling);
      must.removeAll(settled);
      assertThat(there.getOrDefault(each.getKey(), List.of()))
          .as(what + ": " + each.getKey())
          .containsAll(must);
    }
    // Of a message that was not acknowledged all is there, or nothing: it was not settled yet.
    there.forEach(
        (queueId, entries) -> {
          if (!added.containsKey(queueId)) {
            assertThat(entries).as(what + ": " + queueId).hasSize(ENTRIES);
            added.put(queueId, new Added(size(queueId), entries));
          }
        });
  }

  private int size(String queueId) {
    try (Stream<Path> files = Files.walk(directory.resolve("mail"))) {
      Path file = files.filter(each -> each.endsWith(queueId)).findFirst().orElseThrow();
      return (int) MailFile.open(file).body().size();
    } catch (IOException | DamagedException failure) {
      throw new AssertionError(failure);
    }
  }

  private static List<Entry> claimAll(DiskSpool spool) throws SpoolException {
    List<Entry> all = new ArrayList<>();
    for (List<Entry> some = spool.claim(500); !some.isEmpty(); some = spool.claim(500)) {
      all.addAll(some);
    }
    return all;
  }

  private long files() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("mail"))) {
      return files.filter(Files::isRegularFile).count();
    }
  }

  private static List<Long> flat(Map<String, List<Long>> lists) {
    return lists.values().stream().flatMap(List::stream).toList();
  }
}
