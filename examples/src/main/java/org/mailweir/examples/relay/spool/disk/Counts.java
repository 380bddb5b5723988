package org.mailweir.examples.relay.spool.disk;

import java.util.concurrent.atomic.AtomicLong;

/** How much the spool holds, so that nobody has to ask the index. */
final class Counts {
  final AtomicLong messages = new AtomicLong();
  final AtomicLong entries = new AtomicLong();
  final AtomicLong bytes = new AtomicLong();
  final AtomicLong damaged = new AtomicLong();

  void set(Index.Totals totals) {
    messages.set(totals.messages());
    entries.set(totals.entries());
    bytes.set(totals.bytes());
  }

  void messageAdded(int itsEntries, long size) {
    messages.incrementAndGet();
    entries.addAndGet(itsEntries);
    bytes.addAndGet(size);
  }

  void entriesGone(int count) {
    entries.addAndGet(-count);
  }

  void messageGone(long size) {
    messages.decrementAndGet();
    bytes.addAndGet(-size);
  }
}
