package org.mailweir.state;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.time.Duration;

/**
 * A part of the {@link StateFile}, under a name of its own.
 *
 * <p>Thread safety: {@link #write} is called by one thread at a time, at any time.
 */
public interface StateSection {
  /** Returns its name in the file. */
  String name();

  /** Writes what is known now, as one JSON value; times as ages and delays. */
  void write(JsonWriter out) throws IOException;

  /**
   * Reads that value whole, and changes nothing yet: what follows in the file may be damaged.
   *
   * @param age how long ago it was written; not negative
   * @return takes over what was read
   * @throws IOException if it is damaged
   * @throws RuntimeException likewise
   */
  Runnable read(JsonReader in, Duration age) throws IOException;
}
