package org.mailweir.lab.world;

/** Who made an attempt, and hears how it goes. */
public interface Progress {
  /** The connection stands; nothing was said yet. */
  default void connected() {}

  /**
   * The host is ready for MAIL.
   *
   * @return whether to send; if not, the attempt ends as {@link Ending#READY}
   */
  default boolean ready() {
    return true;
  }

  /** It is over. */
  void ended(Ending ending);
}
