package org.mailweir.core;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The sites with mail, by their destination and in an order: the oldest first, but for those that a
 * flush has visited.
 *
 * <p>A destination's {@code hashCode} and {@code equals} are the embedder's and may throw. They are
 * asked before anything has changed; where a site leaves, what they throw is of no consequence.
 *
 * <p>Thread safety: none; the backlog's lock guards it.
 */
final class BacklogSites<D, M> {
  private final Map<D, BacklogSite<D, M>> byDestination = new HashMap<>();
  private @Nullable BacklogSite<D, M> first;
  private @Nullable BacklogSite<D, M> last;
  private final Function<D, BacklogSite<D, M>> factory;

  BacklogSites(Function<D, BacklogSite<D, M>> factory) {
    this.factory = name -> appended(factory.apply(name));
  }

  @Nullable BacklogSite<D, M> get(D destination) {
    return byDestination.get(destination);
  }

  /** Returns the site of a destination, made if need be. */
  BacklogSite<D, M> getOrMake(D destination) {
    BacklogSite<D, M> known = byDestination.get(destination);
    return known != null ? known : byDestination.computeIfAbsent(destination, factory);
  }

  /** Returns all sites, in no order. */
  Collection<BacklogSite<D, M>> all() {
    return byDestination.values();
  }

  int size() {
    return byDestination.size();
  }

  /** Returns the first of the order; null if there is none. */
  @Nullable BacklogSite<D, M> first() {
    return first;
  }

  void moveToEnd(BacklogSite<D, M> site) {
    unlink(site);
    append(site);
  }

  void remove(BacklogSite<D, M> site) {
    if (!isFoundAndRemoved(site)) {
      byDestination.values().removeIf(other -> other == site);
    }
    unlink(site);
  }

  /** Fails if a site could be left out. For tests. */
  void assertConsistent() {
    int listed = 0;
    BacklogSite<D, M> before = null;
    for (BacklogSite<D, M> site = first; site != null; site = site.behind) {
      if (site.before != before) {
        throw new AssertionError("place of " + site.destination);
      }
      before = site;
      listed++;
    }
    if (before != last || listed != byDestination.size()) {
      throw new AssertionError(listed + " listed, " + byDestination.size() + " found");
    }
  }

  private boolean isFoundAndRemoved(BacklogSite<D, M> site) {
    try {
      return byDestination.remove(site.destination, site);
    } catch (RuntimeException | Error thrown) { // its last message is out, maybe with a permit
      return false;
    }
  }

  private BacklogSite<D, M> appended(BacklogSite<D, M> site) {
    append(site);
    return site;
  }

  private void append(BacklogSite<D, M> site) {
    BacklogSite<D, M> end = last;
    site.before = end;
    site.behind = null;
    if (end == null) {
      first = site;
    } else {
      end.behind = site;
    }
    last = site;
  }

  private void unlink(BacklogSite<D, M> site) {
    BacklogSite<D, M> before = site.before;
    BacklogSite<D, M> behind = site.behind;
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
  }
}
