package org.mailweir.jmh.timer;

import org.mailweir.core.WheelTimers;

/** Timers that are compared. */
public enum TimerPeer {
  /** The wheel below Mailweir's gate and backlog. */
  MAILWEIR_WHEEL,
  /** Mailweir's backlog: the wheel, a lock, the order of messages, and the gate; for a thousand. */
  MAILWEIR_BACKLOG,
  /** The same with all mail for one destination. */
  MAILWEIR_BACKLOG_OF_ONE,
  /** The JDK's {@code ScheduledThreadPoolExecutor}. */
  EXECUTOR,
  /** Netty's {@code HashedWheelTimer}. */
  NETTY,
  /** Kafka's {@code SystemTimer}. */
  KAFKA,
  /** Agrona's {@code DeadlineTimerWheel}. */
  AGRONA,
  /** Caffeine's {@code expireVariably}. */
  CAFFEINE;

  /** Returns whether it reads the clock itself, so that one has to wait until it fires. */
  boolean isOnWallTime() {
    return this == EXECUTOR || this == NETTY || this == KAFKA;
  }

  Timers make(int slots, Due due) {
    return switch (this) {
      case MAILWEIR_WHEEL -> new WheelTimers(slots);
      case MAILWEIR_BACKLOG -> new BacklogTimers(slots, 1000);
      case MAILWEIR_BACKLOG_OF_ONE -> new BacklogTimers(slots, 1);
      case EXECUTOR -> new ExecutorTimers(slots);
      case NETTY -> new NettyTimers(slots);
      case KAFKA -> new KafkaTimers(slots);
      case AGRONA -> new AgronaTimers(slots, due);
      case CAFFEINE -> new CaffeineTimers(slots);
    };
  }
}
