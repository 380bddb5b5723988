package org.mailweir.examples.relay.spool.disk;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;

/**
 * Collects files that no message of the index has: of messages whose client was not told of success
 * yet, or that were delivered, when the process was killed. Names are compared by hashes of 64
 * bits, 8 bytes of heap for each message; where two have the same, a file stays that might go.
 */
final class Orphans {
  private static final HashFunction HASH = Hashing.murmur3_128();

  private long[] known = new long[1024];
  private int size;

  private Orphans() {}

  /** Deletes them, before anything else uses the spool; returns how many there were. */
  static int collect(Index index, MailFiles files) throws SQLException, IOException {
    Orphans orphans = new Orphans();
    index.queueIds(orphans::know);
    Arrays.sort(orphans.known, 0, orphans.size);
    int[] count = new int[1];
    files.forEach(
        queueId -> {
          if (!orphans.isKnown(queueId)) {
            files.delete(queueId);
            count[0]++;
          }
        });
    return count[0];
  }

  private void know(String queueId) {
    if (size == known.length) {
      known = Arrays.copyOf(known, size * 2);
    }
    known[size++] = hash(queueId);
  }

  private boolean isKnown(String queueId) {
    return Arrays.binarySearch(known, 0, size, hash(queueId)) >= 0;
  }

  private static long hash(String queueId) {
    return HASH.hashString(queueId, StandardCharsets.UTF_8).asLong();
  }
}
