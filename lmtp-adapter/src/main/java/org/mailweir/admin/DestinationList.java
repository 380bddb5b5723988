package org.mailweir.admin;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.DestinationStatus;
import org.mailweir.core.Rate;
import org.mailweir.core.Refusal;
import org.mailweir.core.TimeSource;

/** Shows the busiest destinations as a JSON array, with times as ISO 8601 instants. */
final class DestinationList {
  private static final int DEFAULT_COUNT = 100;
  private static final int MOST = 1000;
  private static final Pattern COUNT = Pattern.compile("n=(\\d{1,4})");

  private final DestinationGate<?> gate;
  private final TimeSource timeSource;
  private final Clock clock;

  DestinationList(DestinationGate<?> gate, TimeSource timeSource, Clock clock) {
    this.gate = gate;
    this.timeSource = timeSource;
    this.clock = clock;
  }

  /**
   * Answers with as many as {@code n=} in the query says, up to 1,000; with 100 if there is none.
   */
  Answer answer(@Nullable String query) {
    int count = DEFAULT_COUNT;
    if (query != null) {
      Matcher matcher = COUNT.matcher(query);
      if (!matcher.matches() || Integer.parseInt(matcher.group(1)) > MOST) {
        return Answer.line(400, "the query may be n=0 to n=" + MOST);
      }
      count = Integer.parseInt(matcher.group(1));
    }
    StringWriter text = new StringWriter();
    Moment now = new Moment(clock.instant(), timeSource.nanoTime());
    try (JsonWriter json = new JsonWriter(text)) {
      json.setIndent(" ");
      json.setSerializeNulls(true);
      json.beginArray();
      for (DestinationStatus<?> status : gate.busiest(count)) {
        write(json, status, now);
      }
      json.endArray();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return new Answer(200, "application/json", text + "\n");
  }

  private static void write(JsonWriter json, DestinationStatus<?> status, Moment now)
      throws IOException {
    json.beginObject();
    json.name("destination").value(String.valueOf(status.destination()));
    json.name("standing").value(lowerCase(status.standing()));
    json.name("cause").value(status.cause());
    json.name("inFlight").value(status.inFlight());
    json.name("waiting").value(status.waiting());
    json.name("detached").value(status.detached());
    json.name("probing").value(status.probing());
    json.name("window").value(round(status.window()));
    json.name("ceiling").value(status.ceiling());
    json.name("meanDeliverySeconds").value(round(status.meanDeliveryNanos() / 1e9));
    json.name("failures").value(status.failures());
    json.name("refused").value(status.refused());
    json.name("lastRefusal").value(lowerCase(status.lastRefusal().orElse(null)));
    json.name("lastSuccess").value(now.instant(status.lastSuccess()));
    json.name("suspendedSince").value(now.instant(status.suspendedSince()));
    json.name("nextProbe").value(now.instant(status.nextProbe()));
    json.name("oldestInFlight").value(now.instant(status.oldestInFlight()));
    json.name("oldestWaiting").value(now.instant(status.oldestWaiting()));
    json.name("rate").value(status.rate().map(Rate::toString).orElse(null));
    json.name("bytesInFlight").value(status.bytesInFlight());
    json.name("maxBytes").value(status.maxBytes().orElse(null));
    json.name("suspendedByHandUntil").value(now.instant(status.suspendedByHandUntil()));
    json.name("obstacle");
    writeObstacle(json, status.obstacle().orElse(null), now);
    json.endObject();
  }

  private static void writeObstacle(JsonWriter json, @Nullable Refusal obstacle, Moment now)
      throws IOException {
    if (obstacle == null) {
      json.nullValue();
      return;
    }
    Optional<Long> until =
        Optional.of(obstacle.nextTryNanos()).filter(time -> time != Refusal.NO_HINT);
    json.beginObject();
    json.name("reason").value(lowerCase(obstacle.reason()));
    json.name("until").value(now.instant(until));
    json.name("detail").value(obstacle.detail());
    json.endObject();
  }

  private static @Nullable String lowerCase(@Nullable Enum<?> constant) {
    return constant == null ? null : constant.name().toLowerCase(Locale.ROOT);
  }

  private static double round(double value) {
    return Math.round(value * 1000) / 1000.0;
  }

  /** One moment on both clocks, which turns readings of the one into times of the other. */
  private record Moment(Instant instant, long reading) {
    @Nullable String instant(Optional<Long> reading) {
      return reading
          .map(nanos -> instant.plusNanos(nanos - this.reading).truncatedTo(ChronoUnit.MILLIS))
          .map(Instant::toString)
          .orElse(null);
    }
  }
}
