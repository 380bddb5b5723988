package org.mailweir.lab.mail;

import java.util.ArrayList;
import java.util.List;

/**
 * A message: one or more letters of the same content.
 *
 * <p>Thread safety: none; a run is one thread.
 */
public final class Message {
  private final double created;
  private final int bytes;
  private final long luck;
  private final List<Letter> letters = new ArrayList<>();

  /**
   * Creates a message without letters.
   *
   * @param created in virtual seconds; may be before the run began
   * @param luck from which everything is drawn that hosts do with it
   */
  public Message(double created, int bytes, long luck) {
    this.created = created;
    this.bytes = bytes;
    this.luck = luck;
  }

  /** Adds a letter to a destination. */
  public Letter letter(Kind kind, String destination) {
    Letter letter = new Letter(this, kind, destination, luck + letters.size());
    letters.add(letter);
    return letter;
  }

  /** Returns when it was created, in virtual seconds. */
  public double created() {
    return created;
  }

  /** Returns its size. */
  public int bytes() {
    return bytes;
  }

  /** Returns all its letters. */
  public List<Letter> letters() {
    return letters;
  }
}
