package org.mailweir.core;

import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Those that wait for a turn at one destination: requeued ones first, the last of them before the
 * others, then fresh mail, then retried mail, both first come, first served. Insert, remove and
 * poll are O(1); the links are in the waiters.
 *
 * <p>Thread safety: none; the gate's lock guards it.
 */
final class WaitQueue<D> {
  private final Lane<D> fresh = new Lane<>();
  private final Lane<D> retried = new Lane<>();

  /**
   * Told once when mail that was refused, and does not wait here, may have a turn; see Doorbell.
   */
  @Nullable Runnable watch;

  boolean isEmpty() {
    return size() == 0;
  }

  /** Returns whether nobody waits, and nobody watches. */
  boolean isIdle() {
    return isEmpty() && watch == null;
  }

  int size() {
    return fresh.size + retried.size;
  }

  /** Returns how many would be served before a newcomer of that kind. */
  int ahead(Attempt attempt) {
    return attempt == Attempt.RETRIED ? size() : fresh.size;
  }

  void add(Waiter<D> waiter) {
    lane(waiter).append(waiter);
  }

  /** Puts a requeued waiter before all others, whatever its kind. */
  void addFirst(Waiter<D> waiter) {
    waiter.first = true;
    fresh.prepend(waiter);
  }

  @Nullable Waiter<D> peek() {
    Waiter<D> first = fresh.head;
    return first != null ? first : retried.head;
  }

  /** Returns since when the one waits that has waited longest, if any does; O(waiting). */
  Optional<Long> oldest(long now) {
    long[] longest = {-1};
    forEach(waiter -> longest[0] = Math.max(longest[0], now - waiter.since));
    return longest[0] < 0 ? Optional.empty() : Optional.of(now - longest[0]);
  }

  void forEach(Consumer<Waiter<D>> action) {
    for (Waiter<D> waiter = fresh.head; waiter != null; waiter = waiter.behind) {
      action.accept(waiter);
    }
    for (Waiter<D> waiter = retried.head; waiter != null; waiter = waiter.behind) {
      action.accept(waiter);
    }
  }

  void remove(Waiter<D> waiter) {
    lane(waiter).unlink(waiter);
  }

  private Lane<D> lane(Waiter<D> waiter) {
    return !waiter.first && waiter.permit.attempt() == Attempt.RETRIED ? retried : fresh;
  }

  private static final class Lane<D> {
    private @Nullable Waiter<D> head;
    private @Nullable Waiter<D> tail;
    private int size;

    void append(Waiter<D> waiter) {
      Waiter<D> last = tail;
      waiter.before = last;
      if (last == null) {
        head = waiter;
      } else {
        last.behind = waiter;
      }
      tail = waiter;
      size++;
    }

    void prepend(Waiter<D> waiter) {
      Waiter<D> first = head;
      waiter.behind = first;
      if (first == null) {
        tail = waiter;
      } else {
        first.before = waiter;
      }
      head = waiter;
      size++;
    }

    void unlink(Waiter<D> waiter) {
      Waiter<D> before = waiter.before;
      Waiter<D> behind = waiter.behind;
      if (before == null) {
        head = behind;
      } else {
        before.behind = behind;
      }
      if (behind == null) {
        tail = before;
      } else {
        behind.before = before;
      }
      waiter.before = null;
      waiter.behind = null;
      size--;
    }
  }
}
