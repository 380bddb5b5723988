package org.mailweir.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The file: whole at every moment, and never in the way of a start. */
class StateFileTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  @TempDir private Path directory;

  private final List<String> taken = new ArrayList<>();
  private long nanos = Long.MAX_VALUE - 5;
  private long step; // what each reading of the clock takes

  private Path file() {
    return directory.resolve("state");
  }

  private StateFile state(Instant now, StateSection... sections) throws IOException {
    return StateFile.at(
        file(), Clock.fixed(now, ZoneOffset.UTC), () -> nanos += step, List.of(sections));
  }

  /** A section with one word, which notes what it is told. */
  private final class Word implements StateSection {
    private final String name;
    private final String word;

    Word(String name, String word) {
      this.name = name;
      this.word = word;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public void write(JsonWriter out) throws IOException {
      out.value(word);
    }

    @Override
    public Runnable read(JsonReader in, Duration age) throws IOException {
      String text = in.nextString();
      return () -> taken.add(name + "=" + text + " " + age);
    }
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void givesEachSectionWhatItWroteAndHowLongAgo() throws IOException {
    state(NOON, new Word("a", "1"), new Word("b", "2 \u2028\"")).finish();
    state(NOON.plusSeconds(90), new Word("b", ""), new Word("a", "")).load();
    assertThat(taken).containsExactly("a=1 PT1M30S", "b=2 \u2028\" PT1M30S");
    assertThat(files()).containsExactly("state");
  }

  @Test
  void aClockThatWasSetBackCountsAsNoTime() throws IOException {
    state(NOON, new Word("a", "1")).finish();
    state(NOON.minus(Duration.ofDays(20_000)), new Word("a", "")).load();
    assertThat(taken).containsExactly("a=1 PT0S");
  }

  @Test
  void passesOverSectionsThatNobodyKnows() throws IOException {
    state(NOON, new Word("later", "1"), new Word("a", "2")).finish();
    state(NOON, new Word("a", "")).load();
    assertThat(taken).containsExactly("a=2 PT0S");
  }

  @Test
  void isNothingAtFirst() throws IOException {
    state(NOON, new Word("a", "")).load();
    assertThat(taken).isEmpty();
    assertThat(files()).isEmpty();
  }

  @Test
  void isForItsOwnerOnly() throws IOException {
    state(NOON, new Word("a", "1")).save();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\0\0\0\0",
        "root:x:0:0:root:/root:/bin/bash\n",
        "[]",
        "{}",
        "{\"mailweir-state\":2,\"saved\":\"2026-11-22T12:00:00Z\",\"a\":\"1\"}",
        "{\"mailweir-state\":\"x\",\"saved\":\"2026-11-22T12:00:00Z\",\"a\":\"1\"}",
        "{\"mailweir-state\":1,\"a\":\"1\"}",
        "{\"mailweir-state\":1,\"saved\":\"yesterday\",\"a\":\"1\"}",
        "{\"mailweir-state\":1,\"saved\":\"2026-11-22T12:00:00Z\",\"a\":\"1\",\"b\":[]}",
        "{\"mailweir-state\":1,\"saved\":\"2026-11-22T12:00:00Z\",\"a\":\"1\",\"c\":{",
        "{\"mailweir-state\":1,\"saved\":\"2026-11-22T12:00:00Z\",\"a\":\"1\"} {}",
        "{\"other\":1}"
      })
  void setsAsideWhatIsNotOurs(String text) throws IOException {
    Files.writeString(file(), text);
    Files.writeString(directory.resolve("state.bad"), "an earlier one");
    StateFile state = state(NOON, new Word("a", "new"), new Word("b", ""));
    state.load();
    assertThat(taken).as("all or nothing").isEmpty();
    assertThat(files()).containsExactly("state.bad");
    assertThat(directory.resolve("state.bad")).hasContent(text);
    state.finish();
    state(NOON, new Word("a", "")).load();
    assertThat(taken).containsExactly("a=new PT0S");
  }

  @Test
  void setsAsideWhatIsFarTooLarge() throws IOException {
    try (RandomAccessFile sparse = new RandomAccessFile(file().toFile(), "rw")) {
      sparse.setLength(1L << 40);
    }
    state(NOON).load();
    assertThat(files()).containsExactly("state.bad");
  }

  @Test
  void aFileThatWasCutIsSetAside() throws IOException {
    state(NOON, new Word("a", "1"), new Word("b", "2")).finish();
    String whole = Files.readString(file()).strip();
    for (int length = 0; length < whole.length(); length += 9) {
      Files.writeString(file(), whole.substring(0, length));
      state(NOON, new Word("a", ""), new Word("b", "")).load();
      assertThat(taken).isEmpty();
      assertThat(file()).doesNotExist();
    }
  }

  @Test
  void whatCannotBeWrittenLeavesTheLastOneAsItIs() throws IOException {
    state(NOON, new Word("a", "1")).finish();
    StateSection failing =
        new StateSection() {
          @Override
          public String name() {
            return "b";
          }

          @Override
          public void write(JsonWriter out) {
            throw new UncheckedIOException(new IOException("no"));
          }

          @Override
          public Runnable read(JsonReader in, Duration age) {
            throw new AssertionError();
          }
        };
    state(NOON, new Word("a", "2"), failing).finish();
    state(NOON, new Word("a", "")).load();
    assertThat(taken).containsExactly("a=1 PT0S");
  }

  @Test
  void aFileThatWasLeftHalfWrittenIsInNobodysWay() throws IOException {
    Files.writeString(directory.resolve("state.tmp"), "half");
    state(NOON, new Word("a", "1")).save();
    assertThat(files()).containsExactly("state");
  }

  @Test
  void savingTakesAHundredthOfTheTimeAtMost() throws IOException {
    StateFile state = state(NOON, new Word("a", "1"));
    step = 1_000;
    state.save();
    step = 0;
    Files.delete(file());
    nanos += 90_000;
    state.save();
    assertThat(file()).doesNotExist();
    nanos += 10_000;
    state.save();
    assertThat(file()).exists();
  }

  @Test
  void isSavedNoMoreAfterTheLastTime() throws IOException {
    StateFile state = state(NOON, new Word("a", "1"));
    state.finish();
    Files.delete(file());
    state.save();
    assertThat(file()).doesNotExist();
  }

  @Test
  void saysAtOnceWhereNoFileCanBe() {
    Clock clock = Clock.systemUTC();
    assertThatThrownBy(() -> StateFile.at(directory, clock, () -> 0, List.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is a directory");
    Path nowhere = directory.resolve("missing").resolve("state");
    assertThatThrownBy(() -> StateFile.at(nowhere, clock, () -> 0, List.of()))
        .isInstanceOf(IOException.class)
        .hasMessage("state: no file can be written in " + nowhere.getParent());
  }
}
