package org.mailweir.site;

import java.util.Collection;
import org.mailweir.message.Destination;

/**
 * Says which destinations are one to the gate, because the same hosts take their mail. A site goes
 * by the name of one of its destinations: the one that was seen first. So a domain with hosts of
 * its own is its own site, and so is one of which nothing is known yet.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public interface Sites {
  /** Returns the site of a destination as far as is known now. Never blocks. */
  Destination of(Destination destination);

  /**
   * Sees to it that the sites of these destinations are known, if that takes a moment only: what is
   * not known then is looked up in the background.
   */
  void prepare(Collection<Destination> destinations) throws InterruptedException;

  /**
   * Returns whether more than one destination has been seen at a site. What is said of one domain's
   * records or policy says nothing of such a site.
   */
  boolean isShared(Destination site);

  /**
   * Returns a destination whose mail goes to that site now: the domain that gave the site its name
   * may have moved on, or be gone.
   */
  Destination member(Destination site);

  /** Returns sites of one destination each, without any lookup. */
  static Sites apart() {
    return new Sites() {
      @Override
      public Destination of(Destination destination) {
        return destination;
      }

      @Override
      public void prepare(Collection<Destination> destinations) {}

      @Override
      public boolean isShared(Destination site) {
        return false;
      }

      @Override
      public Destination member(Destination site) {
        return site;
      }
    };
  }
}
