package org.mailweir.core;

/** How often the message behind an admission was tried before. It decides the order of waiting. */
public enum Attempt {
  /** The first attempt of a message: goes before retried mail. */
  FRESH,
  /** A later attempt. */
  RETRIED,
  /**
   * Not known. Ordered like {@link #FRESH}; but at unproven destinations it counts like {@link
   * #RETRIED}, except for the first message to one never seen, as a herd would else pass for fresh.
   */
  UNKNOWN
}
