package org.mailweir.core;

import org.jspecify.annotations.Nullable;

/**
 * How much of something is in use, and how much may be: what a {@link ConcurrencyLimiter} counts,
 * for those who have a lock already.
 *
 * <p>Quotas form a tree: what is taken of one counts in it and in all above it, and {@code 0 <=
 * inUse <= limit} holds in each. The gate takes and gives half a dozen of them with each admission;
 * with a compare-and-set of 8 ns for each level that would cost more than its lock.
 *
 * <p>Thread safety: none; the owner's lock guards it.
 */
final class Quota {
  private final String name;
  private final int limit;
  private final @Nullable Quota above;
  private int inUse;

  Quota(String name, int limit) {
    this(name, limit, null);
  }

  private Quota(String name, int limit, @Nullable Quota above) {
    this.name = name;
    this.limit = limit;
    this.above = above;
  }

  /** Makes a part of this one: a ceiling, not a reservation. */
  Quota part(String name, int limit) {
    return new Quota(name, limit, this);
  }

  String name() {
    return name;
  }

  int limit() {
    return limit;
  }

  /** Returns what is in use, in parts of it too. */
  int inUse() {
    return inUse;
  }

  boolean hasRoom() {
    for (Quota node = this; node != null; node = node.above) {
      if (node.inUse >= node.limit) {
        return false;
      }
    }
    return true;
  }

  /**
   * Takes one.
   *
   * @throws IllegalStateException if it has no room; nothing is taken then
   */
  void take() {
    if (!hasRoom()) {
      throw new IllegalStateException("no room in " + this);
    }
    for (Quota node = this; node != null; node = node.above) {
      node.inUse++;
    }
  }

  /**
   * Gives back what was taken.
   *
   * @throws IllegalStateException if nothing was: it would be made from nothing
   */
  void give() {
    for (Quota node = this; node != null; node = node.above) {
      if (node.inUse == 0) {
        throw new IllegalStateException("given back to " + name + " more than was taken");
      }
      node.inUse--;
    }
  }

  @Override
  public String toString() {
    return name + " " + inUse + "/" + limit;
  }
}
