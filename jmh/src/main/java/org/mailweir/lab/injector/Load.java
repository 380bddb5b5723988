package org.mailweir.lab.injector;

import org.mailweir.lab.time.VirtualTime;

/**
 * Counts something that is held for a time.
 *
 * <p>Thread safety: none; a run is one thread.
 */
final class Load {
  private final VirtualTime time;
  private int held;
  private int most;
  private double area;
  private double since;

  Load(VirtualTime time) {
    this.time = time;
  }

  void taken() {
    account();
    most = Math.max(most, ++held);
  }

  void gaveBack() {
    account();
    held--;
  }

  int held() {
    return held;
  }

  int most() {
    return most;
  }

  /** Returns how many were held on average since the beginning; 0 at time 0. */
  double mean() {
    account();
    return since > 0 ? area / since : 0;
  }

  private void account() {
    double now = time.seconds();
    area += held * (now - since);
    since = now;
  }
}
