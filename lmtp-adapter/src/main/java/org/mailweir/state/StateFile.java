package org.mailweir.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Reader;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.mailweir.core.TimeSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what is known over restarts, in one file: {@code {"mailweir-state": 1, "saved": instant,
 * section: value, ...}}.
 *
 * <p>It is worth having and no more: whatever is wrong with it is said in one line, and the program
 * goes on without. A file that is not ours, of a later version or damaged is set aside as {@code
 * FILE.bad}; sections that nobody knows are passed over.
 *
 * <p>Written to {@code FILE.tmp}, forced to the disk and renamed, so that there is a whole file at
 * every moment. For the owner only, as it tells who is written to.
 *
 * <p>How long the program was away is told by the wall clock. One that was set back meanwhile
 * counts as no time.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class StateFile {
  private static final Logger log = LoggerFactory.getLogger(StateFile.class);

  private static final String FORMAT = "mailweir-state";
  private static final int VERSION = 1;
  private static final String SAVED = "saved";

  /** A full table of destinations takes some 25 MB. */
  private static final long LARGEST = 100_000_000;

  /** Part of the time that may go into saving. */
  private static final int ONE_IN = 100;

  private final Path path;
  private final Clock clock;
  private final TimeSource time;
  private final List<StateSection> sections;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock.
  private boolean finished;
  private boolean failing;
  private long savedAt;
  private long took;

  private StateFile(Path path, Clock clock, TimeSource time, List<StateSection> sections) {
    this.path = path;
    this.clock = clock;
    this.time = time;
    this.sections = List.copyOf(sections);
    this.savedAt = time.nanoTime();
  }

  /**
   * Returns the state in that file, which need not exist; reads and writes nothing yet.
   *
   * @throws IOException with one line for the operator, if no file can be written there
   */
  public static StateFile at(Path path, Clock clock, TimeSource time, List<StateSection> sections)
      throws IOException {
    Path file = path.toAbsolutePath();
    Path directory = Optional.ofNullable(file.getParent()).orElse(file);
    if (Files.isDirectory(file)) {
      throw new IOException("state: " + path + " is a directory; a file is wanted");
    }
    if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
      throw new IOException("state: no file can be written in " + directory);
    }
    return new StateFile(file, clock, time, sections);
  }

  // -- reading

  /** Takes over what the file says, if there is one. Call it once, before anything is learned. */
  public void load() {
    try (Reader text = Files.newBufferedReader(path, UTF_8)) {
      long size = Files.size(path);
      if (size > LARGEST) {
        setAside("it has " + size + " bytes");
        return;
      }
      Optional<String> fault = load(text);
      fault.ifPresent(this::setAside);
    } catch (NoSuchFileException first) {
      log.info("No state in {} yet", path);
    } catch (IOException unreadable) {
      log.warn("{} cannot be read, and will be replaced: {}", path, unreadable.toString());
    }
  }

  /** Returns what is wrong with it; then nothing was taken over. */
  private Optional<String> load(Reader text) {
    List<Runnable> read = new ArrayList<>();
    Duration age;
    try {
      JsonReader in = new JsonReader(text);
      in.setStrictness(Strictness.STRICT);
      in.beginObject();
      if (!in.nextName().equals(FORMAT)) {
        return Optional.of("it was written by another program");
      }
      int version = in.nextInt();
      if (version != VERSION) {
        return Optional.of("its version is " + version + ", not " + VERSION);
      }
      age = age(in);
      while (in.hasNext()) {
        read(in, age).ifPresent(read::add);
      }
      in.endObject();
      if (in.peek() != JsonToken.END_DOCUMENT) {
        return Optional.of("it goes on after its end");
      }
    } catch (IOException | RuntimeException damaged) { // the many ways in which JSON can be wrong
      return Optional.of(damaged.toString());
    }
    read.forEach(Runnable::run);
    log.info("State of {} ago taken from {}", age.truncatedTo(ChronoUnit.SECONDS), path);
    return Optional.empty();
  }

  private Duration age(JsonReader in) throws IOException {
    if (!in.nextName().equals(SAVED)) {
      throw new IOException("when it was saved is missing");
    }
    Duration age = Duration.between(Instant.parse(in.nextString()), clock.instant());
    if (age.isNegative()) {
      log.warn("The clock was set back since {} was saved, by {}", path, age.negated());
      return Duration.ZERO;
    }
    return age;
  }

  private Optional<Runnable> read(JsonReader in, Duration age) throws IOException {
    String name = in.nextName();
    for (StateSection section : sections) {
      if (section.name().equals(name)) {
        return Optional.of(section.read(in, age));
      }
    }
    in.skipValue();
    return Optional.empty();
  }

  private void setAside(String fault) {
    Path aside = path.resolveSibling(path.getFileName() + ".bad");
    try {
      Files.move(path, aside, ATOMIC_MOVE, REPLACE_EXISTING);
      log.warn(
          "{} is no state of ours ({}): it is {} now, and all is learned anew",
          path,
          oneLine(fault),
          aside);
    } catch (IOException failure) {
      log.warn(
          "{} is no state of ours ({}), and cannot be set aside: {}",
          path,
          oneLine(fault),
          failure.toString());
    }
  }

  private static String oneLine(String text) {
    String line = text.lines().findFirst().orElse("");
    return line.length() > 200 ? line.substring(0, 200) : line;
  }

  // -- writing

  /**
   * Saves what is known now; does nothing if that takes so long that it was done just now, in
   * proportion. A failure is logged, once until it succeeds again.
   */
  public void save() {
    lock.lock();
    try {
      if (!finished && time.nanoTime() - savedAt >= ONE_IN * took) {
        write();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Saves for the last time. */
  public void finish() {
    lock.lock();
    try {
      finished = true;
      write();
    } finally {
      lock.unlock();
    }
  }

  private void write() {
    long began = time.nanoTime();
    try {
      replace();
      if (failing) {
        log.info("State is saved to {} again", path);
      }
      failing = false;
    } catch (IOException | RuntimeException failure) {
      if (!failing) {
        log.warn("State is not saved to {}: {}", path, failure.toString());
      }
      failing = true;
    } finally {
      savedAt = time.nanoTime();
      took = savedAt - began;
    }
  }

  private void replace() throws IOException {
    Path fresh = path.resolveSibling(path.getFileName() + ".tmp");
    Files.deleteIfExists(fresh);
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            Set.of(CREATE_NEW, WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      BufferedWriter text = new BufferedWriter(Channels.newWriter(channel, UTF_8));
      JsonWriter out = new JsonWriter(text);
      out.setStrictness(Strictness.STRICT);
      out.beginObject();
      out.name(FORMAT).value(VERSION);
      out.name(SAVED).value(clock.instant().truncatedTo(ChronoUnit.MILLIS).toString());
      for (StateSection section : sections) {
        text.write('\n');
        out.name(section.name());
        section.write(out);
      }
      out.endObject();
      text.write('\n');
      out.flush();
      channel.force(true);
    }
    Files.move(fresh, path, ATOMIC_MOVE, REPLACE_EXISTING);
    try (FileChannel directory = FileChannel.open(path.resolveSibling("."), READ)) {
      directory.force(true); // the name too
    }
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "StateFile[%s]", path);
  }
}
