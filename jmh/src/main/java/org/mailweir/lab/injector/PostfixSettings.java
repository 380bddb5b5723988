package org.mailweir.lab.injector;

/**
 * Postfix's settings, and its speed.
 *
 * @param clients M: maxproc of the transport
 * @param activeLimit qmgr_message_active_limit
 * @param managerSeconds time of the queue manager for a message, from its file to its deferral
 */
public record PostfixSettings(int clients, int activeLimit, double managerSeconds) {
  /** What the queue manager takes for a message on a small machine. */
  public static final double MANAGER_SECONDS = 0.0012;

  /** Returns settings of a small machine. */
  public static PostfixSettings of(int clients, int activeLimit) {
    return new PostfixSettings(clients, activeLimit, MANAGER_SECONDS);
  }
}
