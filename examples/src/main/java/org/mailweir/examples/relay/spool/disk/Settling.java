package org.mailweir.examples.relay.spool.disk;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.mailweir.examples.relay.spool.Entry;
import org.mailweir.examples.relay.spool.Pending;
import org.mailweir.examples.relay.spool.Settled;
import org.mailweir.examples.relay.spool.Settlement;
import org.mailweir.message.Recipient;

/** The change that a settlement is: all of it in one transaction. */
record Settling(long entry, Settlement settlement) implements Changes.Change<Settling.Outcome> {
  /**
   * What it did.
   *
   * @param row the entry before; empty if it was gone, and nothing was done
   * @param messageGone whether it was the last entry of its message
   * @param damage why nothing was done although it was there
   */
  record Outcome(
      Optional<Row> row, Settled settled, boolean messageGone, Optional<DamagedException> damage) {}

  @Override
  public Outcome make(IndexWriter index) throws SQLException {
    Optional<Row> found = index.find(entry);
    if (found.isEmpty()) {
      return new Outcome(found, Settled.NOTHING, false, Optional.empty());
    }
    try {
      return make(index, found.get());
    } catch (DamagedException damage) {
      return new Outcome(found, Settled.NOTHING, false, Optional.of(damage));
    }
  }

  private Outcome make(IndexWriter index, Row row) throws SQLException, DamagedException {
    List<Pending> left = left(row.decodePending());
    Optional<Entry> entryLeft = Optional.empty();
    boolean messageGone = false;
    if (left.isEmpty()) {
      messageGone = index.remove(row);
    } else {
      Entry changed = changed(row.entry());
      index.update(changed, left);
      entryLeft = Optional.of(changed);
    }
    List<Entry> notices = new ArrayList<>();
    for (Settlement.Notice each : settlement.notices()) {
      notices.addAll(index.add(each.message(), each.body().size()));
    }
    Settled settled = new Settled(entryLeft, notices);
    return new Outcome(Optional.of(row), settled, messageGone, Optional.empty());
  }

  private List<Pending> left(List<Pending> before) {
    Set<Recipient> done = new HashSet<>(settlement.done());
    List<Pending> left = new ArrayList<>();
    for (Pending each : before) {
      Recipient recipient = each.recipient();
      if (!done.contains(recipient)) {
        String reply = settlement.replies().getOrDefault(recipient, each.lastReply());
        left.add(new Pending(recipient, reply));
      }
    }
    return left;
  }

  private Entry changed(Entry before) {
    return new Entry(
        before.id(),
        before.destination(),
        before.arrived(),
        settlement.due(),
        before.expires(),
        settlement.attempts(),
        settlement.warned());
  }
}
