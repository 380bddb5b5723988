package org.mailweir.jmh;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Places by destination, as the benchmark sees them.
 *
 * @param <P> what is held until it is given back
 * @param enter takes a place, or nothing if there is none; never waits
 * @param leave gives it back
 */
record Places<P>(Enter<P> enter, Consumer<P> leave) implements AdmissionControl<P> {
  /** Takes a place. */
  @FunctionalInterface
  interface Enter<P> {
    @Nullable P tryEnter(String destination);
  }

  @Override
  public @Nullable P tryAdmit(String destination) {
    return enter.tryEnter(destination);
  }

  @Override
  public void settle(P place, boolean delivered) {
    leave.accept(place);
  }
}
