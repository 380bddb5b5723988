package org.mailweir.core;

import org.jspecify.annotations.Nullable;

/**
 * A list of messages, linked through them: append and unlink are O(1).
 *
 * <p>Thread safety: none; the backlog's lock guards it.
 */
final class BacklogList<D, M> {
  private @Nullable BacklogEntry<D, M> first;
  private @Nullable BacklogEntry<D, M> last;

  @Nullable BacklogEntry<D, M> first() {
    return first;
  }

  @Nullable BacklogEntry<D, M> last() {
    return last;
  }

  boolean isEmpty() {
    return first == null;
  }

  void append(BacklogEntry<D, M> entry) {
    BacklogEntry<D, M> end = last;
    entry.before = end;
    if (end == null) {
      first = entry;
    } else {
      end.behind = entry;
    }
    last = entry;
  }

  /** Takes out an entry of this list. */
  void unlink(BacklogEntry<D, M> entry) {
    BacklogEntry<D, M> before = entry.before;
    BacklogEntry<D, M> behind = entry.behind;
    if (before == null) {
      first = behind;
    } else {
      before.behind = behind;
    }
    if (behind == null) {
      last = before;
    } else {
      behind.before = before;
    }
    entry.before = null;
    entry.behind = null;
  }
}
