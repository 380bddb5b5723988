package org.mailweir.core;

import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The sites that have answered, in the order of their last success, to the tick; all O(1).
 *
 * <p>Thread safety: none; the gate's lock guards it.
 */
final class Successes<D> {
  private final Order order;
  private final IntFunction<Site<D>> sites;

  /**
   * Makes an empty list.
   *
   * @param most the highest number of a site
   * @param sites the site of a number
   */
  Successes(int most, IntFunction<Site<D>> sites) {
    this.order = new Order(most);
    this.sites = sites;
  }

  @Nullable Site<D> newest() {
    return site(order.last());
  }

  /** Returns the one whose last success was before that of a site in the list. */
  @Nullable Site<D> before(Site<D> site) {
    return order.contains(site.id) ? site(order.before(site.id)) : null;
  }

  private @Nullable Site<D> site(int id) {
    return id == Order.END ? null : sites.apply(id);
  }

  /** Notes a success; within a tick the first one counts. */
  void succeeded(Site<D> site, long now) {
    boolean again = site.answered && site.lastSuccess == now;
    site.answered = true;
    site.lastSuccess = now;
    if (!again) {
      order.moveToEnd(site.id);
    }
  }

  /** Appends a site with the success that it has already. */
  void restore(Site<D> site) {
    order.moveToEnd(site.id);
  }

  void remove(Site<D> site) {
    if (order.contains(site.id)) {
      order.remove(site.id);
    }
  }
}
