package org.mailweir.core;

import static org.mailweir.core.BacklogPlaces.NONE;

import org.jspecify.annotations.Nullable;

/**
 * The due mail of one destination, fresh or retried: what takes turns with others of its kind.
 *
 * <p>Thread safety: none; the backlog's lock guards it.
 */
final class BacklogLane<D, M> {
  final BacklogSite<D, M> site;
  final Attempt attempt;

  /** The head of its due mail. */
  final int mail;

  /** For whom it finds out whether what shut them out is over; else null. */
  BacklogRounds.@Nullable Line<D, M> scouts;

  // The ring that it is in, and its neighbours there; kept by Ring.
  @Nullable Ring<D, M> ring;
  @Nullable BacklogLane<D, M> before;
  @Nullable BacklogLane<D, M> behind;

  BacklogLane(BacklogSite<D, M> site, Attempt attempt) {
    this.site = site;
    this.attempt = attempt;
    this.mail = site.places.takeHead(this);
  }

  /**
   * Returns the place of the message whose turn it is: the oldest due one, else one that was
   * flushed, else {@link BacklogPlaces#NONE}.
   */
  int next() {
    int due = site.places.lists.first(mail);
    return due != NONE || attempt == Attempt.FRESH ? due : site.nextFlushed();
  }

  boolean hasMail() {
    return next() != NONE;
  }

  /** Lanes in the order of their turns, linked through them: all operations are O(1). */
  static final class Ring<D, M> {
    private @Nullable BacklogLane<D, M> first;
    private @Nullable BacklogLane<D, M> last;

    /** Whether a lane stands here for the size of its next message: another one may fit. */
    final boolean forSize;

    Ring(boolean forSize) {
      this.forSize = forSize;
    }

    @Nullable BacklogLane<D, M> first() {
      return first;
    }

    boolean isEmpty() {
      return first == null;
    }

    void append(BacklogLane<D, M> lane) {
      BacklogLane<D, M> end = last;
      lane.ring = this;
      lane.before = end;
      if (end == null) {
        first = lane;
      } else {
        end.behind = lane;
      }
      last = lane;
    }

    void prepend(BacklogLane<D, M> lane) {
      BacklogLane<D, M> head = first;
      lane.ring = this;
      lane.behind = head;
      if (head == null) {
        last = lane;
      } else {
        head.before = lane;
      }
      first = lane;
    }

    @Nullable BacklogLane<D, M> poll() {
      BacklogLane<D, M> head = first;
      if (head != null) {
        remove(head);
      }
      return head;
    }

    /** Takes out a lane of this ring. */
    void remove(BacklogLane<D, M> lane) {
      BacklogLane<D, M> before = lane.before;
      BacklogLane<D, M> behind = lane.behind;
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
      lane.ring = null;
      lane.before = null;
      lane.behind = null;
    }
  }
}
