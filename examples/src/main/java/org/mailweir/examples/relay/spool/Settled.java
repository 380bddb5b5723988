package org.mailweir.examples.relay.spool;

import java.util.List;
import java.util.Optional;

/**
 * What a settlement left behind: the caller has it to try.
 *
 * @param left the entry, if recipients are left
 * @param notices the entries of the notifications
 */
public record Settled(Optional<Entry> left, List<Entry> notices) {
  /** Nothing left: all done, or the entry was gone. */
  public static final Settled NOTHING = new Settled(Optional.empty(), List.of());
}
