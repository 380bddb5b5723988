package org.mailweir.examples.relay.spool.disk;

import java.util.List;
import org.mailweir.examples.relay.spool.Entry;
import org.mailweir.examples.relay.spool.Envelope;
import org.mailweir.examples.relay.spool.Pending;

/**
 * What the index has of an entry; not looked into, which may fail.
 *
 * @param message number of its message
 * @param size of the body in bytes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never shown
record Row(Entry entry, long message, String queueId, long size, byte[] sender, byte[] pending) {
  List<Pending> decodePending() throws DamagedException {
    return Codec.decodePending(pending, entry.destination());
  }

  Envelope envelope() throws DamagedException {
    return new Envelope(entry, queueId, Codec.decodeSender(sender), decodePending(), size);
  }
}
