package org.mailweir.jmh;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.ThreadParams;

/** Where a thread is in the order of {@link Destinations}. */
@State(Scope.Thread)
public class Walk {
  private static final int APART = 7_919;

  private int step;

  /** Lets each thread begin elsewhere. */
  @Setup
  public void begin(ThreadParams thread) {
    step = thread.getThreadIndex() * APART;
  }

  int next() {
    return step++;
  }
}
