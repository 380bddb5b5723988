package org.mailweir.examples.relay.spool.disk;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The change that takes entries out by hand: all of them in one transaction. */
record Removal(List<Long> ids) implements Changes.Change<Removal.Outcome> {
  /**
   * What it did.
   *
   * @param entries how many were there
   * @param messages one row of each message that is gone with its last entry
   */
  record Outcome(int entries, List<Row> messages) {}

  @Override
  public Outcome make(IndexWriter index) throws SQLException {
    int entries = 0;
    List<Row> messages = new ArrayList<>();
    for (Long id : ids) {
      Optional<Row> row = index.find(id);
      if (row.isPresent()) {
        entries++;
        if (index.remove(row.get())) {
          messages.add(row.get());
        }
      }
    }
    return new Outcome(entries, messages);
  }
}
