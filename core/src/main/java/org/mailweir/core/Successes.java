package org.mailweir.core;

import org.jspecify.annotations.Nullable;

/**
 * The sites that have answered, in the order of their last success; to the tick; linked through the
 * sites, O(1).
 *
 * <p>Thread safety: none; the gate's lock guards it.
 */
final class Successes<D> {
  private @Nullable Site<D> oldest;
  private @Nullable Site<D> newest;

  @Nullable Site<D> newest() {
    return newest;
  }

  /** Notes a success; within a tick the first one counts. */
  void succeeded(Site<D> site, long now) {
    boolean again = site.answered && site.lastSuccess == now;
    site.answered = true;
    site.lastSuccess = now;
    if (again || site == newest) {
      return;
    }
    remove(site);
    Site<D> last = newest;
    site.successBefore = last;
    if (last == null) {
      oldest = site;
    } else {
      last.successAfter = site;
    }
    newest = site;
  }

  void remove(Site<D> site) {
    Site<D> before = site.successBefore;
    Site<D> after = site.successAfter;
    if (before != null) {
      before.successAfter = after;
    } else if (site == oldest) {
      oldest = after;
    }
    if (after != null) {
      after.successBefore = before;
    } else if (site == newest) {
      newest = before;
    }
    site.successBefore = null;
    site.successAfter = null;
  }
}
