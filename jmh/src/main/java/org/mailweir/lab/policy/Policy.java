package org.mailweir.lab.policy;

import java.util.OptionalDouble;

/** Decides what is delivered when. Each one is written as well as its own documentation allows. */
public sealed interface Policy permits Transport, Relay {
  /** Returns how many deliveries to a destination it would allow at once, where it has a limit. */
  default OptionalDouble window(String destination) {
    return OptionalDouble.empty();
  }
}
