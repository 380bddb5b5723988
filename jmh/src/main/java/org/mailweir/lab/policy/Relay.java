package org.mailweir.lab.policy;

import org.mailweir.lab.mail.Letter;

/** A policy that has a queue of its own: there is no Postfix before it. */
public non-sealed interface Relay extends Policy {
  /** Takes a letter that was never tried. */
  void submit(Letter letter);

  /**
   * Takes a letter that was tried before this run.
   *
   * @param due when its next try is due by itself, in seconds from now
   */
  void defer(Letter letter, double due);

  /** Makes all of its mail due. */
  void flush();
}
