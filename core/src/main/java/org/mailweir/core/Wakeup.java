package org.mailweir.core;

/**
 * Wakes an event loop that found nothing to do: once, when there is something, or when something is
 * planned for an earlier time than it was promised.
 *
 * <p>Thread safety: the owner's lock guards it, but for {@link #run}, which is called without it.
 */
final class Wakeup {
  private final Callbacks callbacks = new Callbacks();
  private final Runnable action;
  private boolean armed = true; // nobody could know of what comes first
  private boolean promised;
  private long promise;
  private boolean broken;

  Wakeup(Runnable action) {
    this.action = action;
  }

  /** Somebody found nothing to do, and wants to be told. */
  void arm() {
    armed = true;
  }

  /** The same, of somebody who comes back at that time by himself. */
  void promise(long time) {
    armed = true;
    promised = true;
    promise = time;
    broken = false;
  }

  /** Notes that something is planned for that time. */
  void planned(long time) {
    broken |= promised && time - promise < 0;
  }

  /** Tells those who want to be told, if there is work or a promise is broken. */
  void tellIf(boolean work) {
    if (armed && (work || broken)) {
      armed = false;
      promised = false;
      broken = false;
      callbacks.add(action);
    }
  }

  /** Runs what was told, outside the lock. */
  void run() {
    callbacks.run();
  }
}
