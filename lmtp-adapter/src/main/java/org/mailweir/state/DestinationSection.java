package org.mailweir.state;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.DestinationMemory;
import org.mailweir.core.DestinationMemory.HandSuspension;
import org.mailweir.core.DestinationMemory.Suspension;
import org.mailweir.core.Standing;
import org.mailweir.message.Destination;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a gate knows of destinations, as {@link DestinationMemory} has it: one object each, in which
 * a field is left out that says nothing. Durations are in ISO 8601.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class DestinationSection implements StateSection {
  private static final Logger log = LoggerFactory.getLogger(DestinationSection.class);
  private static final int LONGEST_WORDS = 500;

  private final DestinationGate<Destination> gate;

  /**
   * Keeps what this gate knows.
   *
   * @param gate knows nothing yet when a file is read
   */
  public DestinationSection(DestinationGate<Destination> gate) {
    this.gate = gate;
  }

  @Override
  public String name() {
    return "destinations";
  }

  // -- writing

  @Override
  public void write(JsonWriter out) throws IOException {
    out.beginArray();
    for (DestinationMemory<Destination> memory : gate.memories()) {
      out.beginObject();
      write(out, memory);
      out.endObject();
    }
    out.endArray();
  }

  private static void write(JsonWriter out, DestinationMemory<Destination> memory)
      throws IOException {
    out.name("name").value(memory.destination().name());
    out.name("standing").value(memory.standing().name().toLowerCase(Locale.ROOT));
    write(out, "unused", memory.unused());
    write(out, "sinceSuccess", memory.sinceSuccess());
    if (memory.delivered()) {
      out.name("delivered").value(true);
    }
    if (!memory.meanDelivery().isZero()) {
      write(out, "meanDelivery", memory.meanDelivery());
    }
    out.name("window").value(memory.window());
    write(out, "failures", memory.failures());
    write(out, "cause", memory.cause());
    write(out, "failedProbes", memory.failedProbes());
    if (memory.suspension().isPresent()) {
      Suspension suspension = memory.suspension().get();
      out.name("suspended").beginObject();
      write(out, "since", suspension.since());
      write(out, "sinceRefused", suspension.sinceRefused());
      write(out, "sinceProbe", suspension.sinceProbe());
      write(out, "nextProbe", suspension.nextProbe());
      out.endObject();
    }
    if (memory.byHand().isPresent()) {
      HandSuspension byHand = memory.byHand().get();
      out.name("byHand").beginObject();
      write(out, "remaining", byHand.remaining());
      write(out, "reason", byHand.reason());
      out.endObject();
    }
  }

  private static void write(JsonWriter out, String name, Duration time) throws IOException {
    out.name(name).value(time.toString());
  }

  private static void write(JsonWriter out, String name, Optional<Duration> time)
      throws IOException {
    if (time.isPresent()) {
      write(out, name, time.get());
    }
  }

  private static void write(JsonWriter out, String name, int count) throws IOException {
    if (count != 0) {
      out.name(name).value(count);
    }
  }

  private static void write(JsonWriter out, String name, String words) throws IOException {
    if (!words.isEmpty()) {
      out.name(name).value(words.substring(0, Math.min(words.length(), LONGEST_WORDS)));
    }
  }

  // -- reading

  @Override
  public Runnable read(JsonReader in, Duration age) throws IOException {
    List<DestinationMemory<Destination>> memories = new ArrayList<>();
    in.beginArray();
    while (in.hasNext()) {
      read(in).aged(age).ifPresent(memories::add);
    }
    in.endArray();
    return () -> log.info("{} destinations are known", gate.restore(memories));
  }

  private static DestinationMemory<Destination> read(JsonReader in) throws IOException {
    Fields fields = new Fields();
    in.beginObject();
    while (in.hasNext()) {
      switch (in.nextName()) {
        case "name" -> fields.name = in.nextString();
        case "standing" -> fields.standing = in.nextString();
        case "unused" -> fields.unused = time(in);
        case "sinceSuccess" -> fields.sinceSuccess = Optional.of(time(in));
        case "delivered" -> fields.delivered = in.nextBoolean();
        case "meanDelivery" -> fields.meanDelivery = time(in);
        case "window" -> fields.window = in.nextDouble();
        case "failures" -> fields.failures = in.nextInt();
        case "cause" -> fields.cause = in.nextString();
        case "failedProbes" -> fields.failedProbes = in.nextInt();
        case "suspended" -> fields.suspension = Optional.of(suspension(in));
        case "byHand" -> fields.byHand = Optional.of(byHand(in));
        default -> in.skipValue();
      }
    }
    in.endObject();
    return fields.memory();
  }

  private static Suspension suspension(JsonReader in) throws IOException {
    Duration since = Duration.ZERO;
    Duration sinceRefused = Duration.ZERO;
    Optional<Duration> sinceProbe = Optional.empty();
    Optional<Duration> nextProbe = Optional.empty();
    in.beginObject();
    while (in.hasNext()) {
      switch (in.nextName()) {
        case "since" -> since = time(in);
        case "sinceRefused" -> sinceRefused = time(in);
        case "sinceProbe" -> sinceProbe = Optional.of(time(in));
        case "nextProbe" -> nextProbe = Optional.of(time(in));
        default -> in.skipValue();
      }
    }
    in.endObject();
    return new Suspension(since, sinceRefused, sinceProbe, nextProbe);
  }

  private static HandSuspension byHand(JsonReader in) throws IOException {
    Duration remaining = Duration.ZERO;
    String reason = "";
    in.beginObject();
    while (in.hasNext()) {
      switch (in.nextName()) {
        case "remaining" -> remaining = time(in);
        case "reason" -> reason = in.nextString();
        default -> in.skipValue();
      }
    }
    in.endObject();
    return new HandSuspension(remaining, reason);
  }

  private static Duration time(JsonReader in) throws IOException {
    return Duration.parse(in.nextString());
  }

  /** The fields of one object, as they come. */
  private static final class Fields {
    String name = "";
    String standing = "";
    Duration unused = Duration.ZERO;
    Optional<Duration> sinceSuccess = Optional.empty();
    boolean delivered;
    Duration meanDelivery = Duration.ZERO;
    double window = 1;
    int failures;
    String cause = "";
    int failedProbes;
    Optional<Suspension> suspension = Optional.empty();
    Optional<HandSuspension> byHand = Optional.empty();

    DestinationMemory<Destination> memory() throws IOException {
      try {
        return new DestinationMemory<>(
            Destination.of(name),
            Standing.valueOf(standing.toUpperCase(Locale.ROOT)),
            unused,
            sinceSuccess,
            delivered,
            meanDelivery,
            window,
            failures,
            cause,
            failedProbes,
            suspension,
            byHand);
      } catch (IllegalArgumentException wrong) {
        throw new IOException(name + ": " + wrong.getMessage(), wrong);
      }
    }
  }
}
