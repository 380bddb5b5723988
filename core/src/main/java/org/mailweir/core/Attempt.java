package org.mailweir.core;

/** How often the message behind an admission was tried before. It decides the order of waiting. */
public enum Attempt {
  /** The first attempt of a message: goes before retried mail. */
  FRESH,
  /** A later attempt. */
  RETRIED,
  /**
   * Not known. Ordered like {@link #FRESH} at proven destinations; at unproven ones treated like
   * {@link #RETRIED}, where a herd would otherwise pass for fresh mail.
   */
  UNKNOWN
}
