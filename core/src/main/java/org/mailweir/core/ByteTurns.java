package org.mailweir.core;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for bytes, of the sites that could start a message otherwise.
 *
 * <p>The site whose turn it is keeps its turn where bytes are short in all, or smaller messages
 * would let a large one wait for ever; but no longer than a second, or it would hold up all others
 * while a tarpit keeps what it needs. After that it stands aside: others pass, others that stand
 * aside too, and it is the first to go when there is room.
 *
 * <p>Thread safety: none; the gate's lock guards it.
 */
final class ByteTurns<D> {
  static final long KEEPS_ITS_TURN = 1_000_000_000L;

  private final TimerWheel wheel;
  private final Alarm over = new Alarm(now -> {}); // turns are given after it has fired
  private final Set<Site<D>> aside = new LinkedHashSet<>();
  private @Nullable Site<D> first;
  private long firstSince;

  ByteTurns(TimerWheel wheel) {
    this.wheel = wheel;
  }

  /** Returns whether the site whose turn it is keeps it; if not, it has stood aside. */
  boolean keepsItsTurn(Site<D> site, long now) {
    if (first != site) {
      first = site;
      firstSince = now;
      wheel.schedule(over, now + KEEPS_ITS_TURN);
    }
    if (now - firstSince < KEEPS_ITS_TURN) {
      return true;
    }
    first = null;
    aside.add(site);
    return false;
  }

  /** Notes that a site has its turn. */
  void hasTurn(Site<D> site) {
    if (first == site) {
      first = null;
    }
  }

  boolean areSomeAside() {
    return !aside.isEmpty();
  }

  /** Returns those that stand aside, the one that did first before the others. */
  List<Site<D>> aside() {
    return List.copyOf(aside);
  }

  /** Lets a site stand aside no longer; returns whether it did. */
  boolean leave(Site<D> site) {
    return aside.remove(site);
  }
}
