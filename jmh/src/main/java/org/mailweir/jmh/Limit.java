package org.mailweir.jmh;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A limit of permits, as the benchmark sees it.
 *
 * @param <P> what is held until it is returned
 * @param take takes a permit, or nothing if there is none; never waits
 * @param give returns it
 */
record Limit<P>(Take<P> take, Consumer<P> give) {
  /** Takes a permit. */
  @FunctionalInterface
  interface Take<P> {
    @Nullable P tryTake();
  }

  /** Takes a permit and returns it; returns false if there was none. */
  boolean takeAndGive() {
    P permit = take.tryTake();
    if (permit == null) {
      return false;
    }
    give.accept(permit);
    return true;
  }
}
