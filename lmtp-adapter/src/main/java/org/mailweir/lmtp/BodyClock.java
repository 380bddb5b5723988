package org.mailweir.lmtp;

/**
 * Watches how long a client takes for one message. All times are readings of {@code
 * System.nanoTime()}.
 *
 * <p>Thread safety: none.
 */
final class BodyClock {
  private final long late;
  private final long end;
  private final long progress;
  private long lastByte;
  private boolean lateTold;

  BodyClock(LmtpTimeouts timeouts, long now) {
    this.late = now + timeouts.bodyLate().toNanos();
    this.end = now + timeouts.bodyTotal().toNanos();
    this.progress = timeouts.bodyProgress().toNanos();
    this.lastByte = now;
  }

  void bytesCame(long now) {
    lastByte = now;
  }

  /** Returns true once, when the body is late. */
  boolean becomesLate(long now) {
    if (lateTold || now - late < 0) {
      return false;
    }
    lateTold = true;
    return true;
  }

  boolean isOver(long now) {
    return now - limit() >= 0;
  }

  /** Returns when to look at this clock again, if nothing comes before. */
  long nextLook() {
    return !lateTold && late - limit() < 0 ? late : limit();
  }

  private long limit() {
    long starved = lastByte + progress;
    return starved - end < 0 ? starved : end;
  }
}
