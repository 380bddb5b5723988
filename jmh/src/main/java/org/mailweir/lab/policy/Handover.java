package org.mailweir.lab.policy;

import java.util.List;
import org.mailweir.lab.mail.Letter;

/**
 * A client with a message in its hand: it is held until each letter has its answer, or until it
 * gives up.
 *
 * <p>Thread safety: none; a run is one thread.
 */
public interface Handover {
  /** Returns the letters to be delivered: one a destination. */
  List<Letter> letters();

  /** Returns when the message was created, in virtual seconds, as its queue id tells. */
  double created();

  /** Answers 250 for a letter. */
  void delivered(Letter letter);

  /** Answers 4xx for a letter that was not tried. */
  void refused(Letter letter, String reason);

  /** Answers 4xx for a letter that was tried. */
  void failed(Letter letter);

  /** Asks for the message again, after it was answered with 4xx; nothing else is sure to come. */
  void recall();
}
