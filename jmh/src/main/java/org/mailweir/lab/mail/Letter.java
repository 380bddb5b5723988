package org.mailweir.lab.mail;

import java.util.SplittableRandom;

/**
 * One message to one destination.
 *
 * <p>Thread safety: none; a run is one thread.
 */
public final class Letter {
  private static final double NOT_YET = -1;

  private final Message message;
  private final Kind kind;
  private final String destination;
  private final long luck;
  private int attempts;
  private int copies;
  private double firstReached = NOT_YET;
  private double deliveryBegan = NOT_YET;
  private double delivered = NOT_YET;

  Letter(Message message, Kind kind, String destination, long luck) {
    this.message = message;
    this.kind = kind;
    this.destination = destination;
    this.luck = luck;
  }

  /** Returns the message that it is one of. */
  public Message message() {
    return message;
  }

  /** Returns what it is for. */
  public Kind kind() {
    return kind;
  }

  /** Returns where it goes. */
  public String destination() {
    return destination;
  }

  /** Counts an attempt, and returns what its host's doings are drawn from. */
  public SplittableRandom attempt() {
    return new SplittableRandom(luck * 1_000_003 + attempts++);
  }

  /** Returns how often it was tried. */
  public int attempts() {
    return attempts;
  }

  /** Notes that its host has heard of it, and returns when it first did. */
  public double reached(double now) {
    if (firstReached < 0) {
      firstReached = now;
    }
    return firstReached;
  }

  /**
   * Notes that its host has taken it.
   *
   * @param began when the attempt began that delivered it
   */
  public void delivered(double began, double now) {
    if (copies++ == 0) {
      deliveryBegan = began;
      delivered = now;
    }
  }

  /** Returns whether its host has taken it, whether or not the sender knows. */
  public boolean isDelivered() {
    return copies > 0;
  }

  /** Returns how often its host has taken it. */
  public int copies() {
    return copies;
  }

  /** Returns when it was delivered first; only if it {@link #isDelivered}. */
  public double deliveredAt() {
    return delivered;
  }

  /**
   * Returns its wait in seconds: from its creation to the start of the attempt that delivered it,
   * or to now if none has.
   */
  public double waited(double now) {
    return (isDelivered() ? deliveryBegan : now) - message.created();
  }
}
