package org.mailweir.examples.relay.control;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a relay and its commands tell each other, as JSON: times are ISO 8601 instants, absent
 * values are null.
 */
final class Reports {
  static final Gson JSON =
      new GsonBuilder()
          .registerTypeAdapter(Instant.class, new Times().nullSafe())
          .disableHtmlEscaping()
          .serializeNulls()
          .setPrettyPrinting()
          .create();

  private Reports() {}

  /**
   * The queue by destination.
   *
   * @param now when it was so
   * @param entries in all, those under way included
   * @param due how many of them wait for their destination or their turn only
   * @param destinations with mail
   * @param outage whether our own network seems to be down
   * @param rows those with the most mail
   */
  record Queue(
      Instant now, long entries, int due, int destinations, boolean outage, List<Row> rows) {}

  /**
   * One destination.
   *
   * @param site under whose name the gate knows it, if that is another
   * @param depth entries, those under way included
   * @param oldest when the oldest arrived
   * @param inFlight deliveries under way to the site
   * @param window how many may be
   * @param cause the site's last failure; may be empty
   * @param why what holds its mail back now; empty if nothing does
   * @param knob what an operator can turn; empty if nothing is in the way
   * @param nextTry when that may change, if it is known
   * @param byHandUntil when a suspension by hand ends, if there is one
   */
  record Row(
      String destination,
      @Nullable String site,
      int depth,
      @Nullable Instant oldest,
      String standing,
      int inFlight,
      int window,
      String cause,
      String why,
      String knob,
      @Nullable Instant nextTry,
      @Nullable Instant byHandUntil) {}

  /** Entries, oldest first. */
  record Messages(Instant now, List<Message> messages) {}

  /**
   * One entry.
   *
   * @param entry its number
   * @param sender empty for a notification
   * @param size of the body in bytes
   * @param due when it is tried next, but for what holds its destination back
   */
  record Message(
      long entry,
      String queueId,
      String sender,
      long size,
      Instant arrived,
      Instant due,
      Instant expires,
      int attempts,
      List<To> recipients,
      Row destination) {}

  /** A recipient who still waits, and what was said to the last attempt; empty if none was made. */
  record To(String address, String lastReply) {}

  /**
   * What an operator asks for.
   *
   * @param what a destination or a queue id; null for all
   * @param seconds for how long, where that is asked
   * @param reason in words
   */
  record Order(@Nullable String what, @Nullable Long seconds, @Nullable String reason) {}

  /**
   * What a flush will take.
   *
   * @param entries that are due now
   * @param destinations of theirs
   * @param probed entries of destinations that are probed first
   * @param seconds for all whose speed is known, if any is; those to be probed as if their probe
   *     got through
   * @param unknown entries of destinations whose speed is not known
   * @param basis what was reckoned with, in words
   */
  record Flushed(
      int entries,
      int destinations,
      int probed,
      @Nullable Long seconds,
      int unknown,
      String basis) {}

  /** Whether something was changed. */
  record Changed(boolean changed) {}

  /**
   * What became of entries.
   *
   * @param what as it was understood: {@code message ID} or {@code DESTINATION}
   */
  record Withdrawn(String what, int done, int underWay) {}

  private static final class Times extends TypeAdapter<Instant> {
    @Override
    public void write(JsonWriter out, Instant value) throws IOException {
      out.value(value.toString());
    }

    @Override
    public Instant read(JsonReader in) throws IOException {
      if (in.peek() != JsonToken.STRING) {
        throw new JsonParseException("a time must be a string");
      }
      String text = in.nextString();
      try {
        return Instant.parse(text);
      } catch (DateTimeException malformed) {
        throw new JsonParseException("not a time: " + text, malformed);
      }
    }
  }
}
