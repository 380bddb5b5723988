package org.mailweir.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class BodyStoreTest {
  private static final int KB = 1024;

  @TempDir Path directory;
  private BodyStore store;

  @BeforeEach
  void open() {
    store = new BodyStore(1 << 20, 4 << 20, directory);
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    assertThat(store.memoryInUse()).isZero();
    assertThat(store.diskInUse()).isZero();
    assertThat(store.bodies()).isZero();
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8 * KB, 8 * KB + 1, 256 * KB, 256 * KB + 1, 3 << 20})
  void givesBackWhatWasWritten(int size) throws IOException {
    byte[] content = random(size);
    try (Body body = write(store, content, 10_007)) {
      assertThat(body.size()).isEqualTo(size);
      try (InputStream in = body.open()) {
        assertThat(in.readAllBytes()).isEqualTo(content);
        assertThat(in.read()).isEqualTo(-1);
      }
    }
  }

  @Test
  void countsAFinishedBodyByItsExactSize() {
    try (Body body = write(store, random(100), 100)) {
      assertThat(store.memoryInUse()).isEqualTo(100);
      assertThat(store.diskInUse()).isZero();
      assertThat(store.bodies()).isEqualTo(1);
      assertThat(body.eightBit()).isFalse();
    }
  }

  @Test
  void keepsALargeBodyInAFileWithoutAName() throws IOException {
    try (Body body = write(store, random(300 * KB), 64 * KB);
        Stream<Path> files = Files.list(directory)) {
      assertThat(store.memoryInUse()).isZero();
      assertThat(store.diskInUse()).isEqualTo(300 * KB).isEqualTo(body.size());
      assertThat(files).isEmpty();
    }
  }

  @Test
  void goesToDiskEarlierWhenMemoryIsUsedUp() throws IOException {
    BodyStore small = new BodyStore(10 * KB, 1 << 20, directory);
    byte[] content = random(6 * KB);
    try (Body first = write(small, content, KB);
        Body second = write(small, content, KB)) {
      assertThat(small.memoryInUse()).isEqualTo(first.size());
      assertThat(small.diskInUse()).isEqualTo(second.size());
      assertThat(second.open().readAllBytes()).isEqualTo(content);
    }
    assertThat(small.memoryInUse()).isZero();
    assertThat(small.diskInUse()).isZero();
  }

  @Test
  void writesNothingToDiskWithoutADiskBudget() {
    BodyStore memoryOnly = new BodyStore(1 << 20, 0, directory);
    try (BodyWriter writer = memoryOnly.newBody()) {
      assertThat(writer.write(random(256 * KB), 0, 256 * KB)).isTrue();
      assertThat(writer.write(new byte[1], 0, 1)).isFalse();
      assertThat(memoryOnly.memoryInUse()).isZero();
      assertThat(memoryOnly.bodies()).isZero();
    }
  }

  @Test
  void reportsFullAndGivesBackAtOnce() {
    byte[] chunk = new byte[64 * KB];
    try (BodyWriter writer = store.newBody()) {
      for (int i = 0; i < 64; i++) {
        assertThat(writer.write(chunk, 0, chunk.length)).isTrue();
      }
      assertThat(store.diskInUse()).isEqualTo(4 << 20);
      assertThat(writer.write(chunk, 0, 1)).isFalse();
      assertThat(store.diskInUse()).isZero();
      assertThat(writer.write(chunk, 0, 1)).isFalse();
      assertThatThrownBy(writer::finish).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void reportsFullWhenTheDiskFailsAndWorksAgainAfterwards() throws IOException {
    Path missing = directory.resolve("missing");
    BodyStore broken = new BodyStore(1 << 20, 4 << 20, missing);
    byte[] content = random(300 * KB);
    try (BodyWriter writer = broken.newBody()) {
      assertThat(writer.write(content, 0, content.length)).isFalse();
    }
    assertThat(broken.diskInUse()).isZero();
    assertThat(broken.memoryInUse()).isZero();
    Files.createDirectory(missing);
    write(broken, content, content.length).close();
    Files.delete(missing);
    assertThat(broken.diskInUse()).isZero();
  }

  @Test
  void tellsWhetherASizeFitsNow() {
    assertThat(store.hasRoomFor(4 << 20)).isTrue();
    assertThat(store.hasRoomFor((4 << 20) + 1)).isFalse();
    assertThat(store.hasRoomFor(Long.MAX_VALUE)).isFalse();
    assertThat(store.hasRoomFor(-1)).isTrue();
    try (Body body = write(store, new byte[4 << 20], 64 * KB)) {
      assertThat(body.size()).isEqualTo(4 << 20);
      assertThat(store.hasRoomFor(256 * KB)).isTrue();
      assertThat(store.hasRoomFor(256 * KB + 1)).isFalse();
    }
  }

  @Test
  void keepsTheRoomThatIsReserved() {
    assertThat(store.reserve(3 << 20)).hasValue(3 << 20);
    assertThat(store.reserve(2 << 20)).isEmpty();
    assertThat(store.reserve(1 << 20)).hasValue(1 << 20);
    try (BodyWriter reserved = store.newBody(3 << 20);
        BodyWriter other = store.newBody()) {
      assertThat(other.write(new byte[300 * KB], 0, 300 * KB)).as("all is promised").isFalse();
      assertThat(reserved.write(new byte[3 << 20], 0, 3 << 20)).isTrue();
      assertThat(store.diskInUse()).isEqualTo(4 << 20);
      assertThat(reserved.write(new byte[1], 0, 1)).as("more than was declared").isFalse();
    }
    store.giveBack(1 << 20);
  }

  @Test
  void givesBackWhatWasReservedForMoreThanCame() {
    assertThat(store.reserve(4 << 20)).hasValue(4 << 20);
    try (BodyWriter writer = store.newBody(4 << 20)) {
      writer.write(new byte[300 * KB], 0, 300 * KB);
      try (Body body = writer.finish()) {
        assertThat(store.diskInUse()).isEqualTo(300 * KB);
        assertThat(body.size()).isEqualTo(300 * KB);
      }
    }
  }

  @Test
  void reservesNothingForSmallAndUnknownBodies() {
    assertThat(store.reserve(256 * KB)).hasValue(0);
    assertThat(store.reserve(-1)).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 300 * KB})
  void failsReadersOfAClosedBody(int size) throws IOException {
    Body body = write(store, random(size), size);
    InputStream reader = body.open();
    assertThat(reader.read()).isNotEqualTo(-1);
    body.close();
    body.close();
    assertThatIOException().isThrownBy(reader::read);
    assertThatIOException().isThrownBy(body::open);
  }

  @Test
  void isReadByManyAtTheSameTimeEvenIfSomeAreInterrupted() throws Exception {
    byte[] content = random(2 << 20);
    ExecutorService threads = Executors.newCachedThreadPool();
    try (Body body = write(store, content, 64 * KB)) {
      List<Future<byte[]>> readers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        boolean interrupted = i % 2 == 0;
        readers.add(
            threads.submit(
                () -> {
                  if (interrupted) {
                    Thread.currentThread().interrupt();
                  }
                  return body.open().readAllBytes();
                }));
      }
      for (Future<byte[]> reader : readers) {
        assertThat(Arrays.equals(reader.get(), content)).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void refusesNegativeBudgets() {
    assertThatThrownBy(() -> new BodyStore(-1, 0)).hasMessageContaining("memoryBudget");
    assertThatThrownBy(() -> new BodyStore(0, -1)).hasMessageContaining("diskBudget");
  }

  private static Body write(BodyStore store, byte[] content, int chunk) {
    try (BodyWriter writer = store.newBody()) {
      for (int at = 0; at < content.length; at += chunk) {
        assertThat(writer.write(content, at, Math.min(chunk, content.length - at))).isTrue();
      }
      return writer.finish();
    }
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new SplittableRandom(size).nextBytes(bytes);
    return bytes;
  }
}
