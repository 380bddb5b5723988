package org.mailweir.lab.mail;

import java.util.Locale;

/** What a message is for; what is measured is told apart by it. */
public enum Kind {
  /** Makes sites known before anything is measured. */
  WARM_UP,
  /** Fresh mail to healthy sites that were delivered to before. */
  PROVEN,
  /** Fresh mail to healthy sites never seen before. */
  UNSEEN,
  /** Fresh mail to the one site that gets most of it. */
  BIG,
  /** Fresh mail to sites that take long for each message. */
  SLOW,
  /** Fresh mail to sites that defer what they see for the first time. */
  GREYLISTED,
  /** Fresh mail to sites that fail now and then. */
  FLAKY,
  /** Mail deferred for a site that comes back. */
  RETURNING,
  /** Letters to healthy sites of messages to many. */
  GROUP,
  /** Mail to dead sites: the herd. */
  DEAD;

  /** Returns the name in figures. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns whether a healthy host would take such mail at once. */
  public boolean isHealthy() {
    return this == PROVEN || this == UNSEEN || this == GROUP || this == BIG;
  }
}
