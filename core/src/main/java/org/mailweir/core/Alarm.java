package org.mailweir.core;

import java.util.function.LongConsumer;

/** A timer of the wheel that runs an action with the time at which it fired. */
final class Alarm extends TimerWheel.Timer {
  private final LongConsumer action;

  Alarm(LongConsumer action) {
    this.action = action;
  }

  @Override
  void fire(long now) {
    action.accept(now);
  }
}
