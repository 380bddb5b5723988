package org.mailweir.admin;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
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
  Answer answer(String query) {
    int count = DEFAULT_COUNT;
    if (!query.isEmpty()) {
      Matcher matcher = COUNT.matcher(query);
      if (!matcher.matches() || Integer.parseInt(matcher.group(1)) > MOST) {
        return Answer.line(400, "the query may be n=0 to n=" + MOST);
      }
      count = Integer.parseInt(matcher.group(1));
    }
    StringWriter text = new StringWriter();
    Moment now = Moment.now(clock, timeSource);
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
    return Answer.json(200, text.toString());
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
    json.name("probeDue").value(status.probeDue());
    json.name("window").value(round(status.window()));
    json.name("ceiling").value(status.ceiling());
    json.name("meanDeliverySeconds").value(round(status.meanDeliveryNanos() / 1e9));
    json.name("failures").value(status.failures());
    json.name("refused").value(status.refused());
    json.name("lastRefusal").value(lowerCase(status.lastRefusal().orElse(null)));
    json.name("lastSuccess").value(instant(status.lastSuccess(), now));
    json.name("suspendedSince").value(instant(status.suspendedSince(), now));
    json.name("nextProbe").value(instant(status.nextProbe(), now));
    json.name("oldestInFlight").value(instant(status.oldestInFlight(), now));
    json.name("oldestWaiting").value(instant(status.oldestWaiting(), now));
    json.name("rate").value(status.rate().map(Rate::toString).orElse(null));
    json.name("bytesInFlight").value(status.bytesInFlight());
    json.name("maxBytes").value(status.maxBytes().orElse(null));
    json.name("suspendedByHandUntil").value(instant(status.suspendedByHandUntil(), now));
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
    json.beginObject();
    json.name("reason").value(lowerCase(obstacle.reason()));
    json.name("until").value(instant(obstacle.nextTry(), now));
    json.name("detail").value(obstacle.detail());
    json.endObject();
  }

  private static @Nullable String lowerCase(@Nullable Enum<?> constant) {
    return constant == null ? null : constant.name().toLowerCase(Locale.ROOT);
  }

  private static double round(double value) {
    return Math.round(value * 1000) / 1000.0;
  }

  private static @Nullable String instant(Optional<Long> reading, Moment now) {
    return reading.map(now::time).map(Instant::toString).orElse(null);
  }
}
