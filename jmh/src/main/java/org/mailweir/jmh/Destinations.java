package org.mailweir.jmh;

import java.util.List;
import java.util.SplittableRandom;

/**
 * 16,384 destinations, and an order in which to ask for them.
 *
 * <p>The names of the order are equal to those that were learned, but other objects: a transport
 * reads the name of each message anew.
 */
final class Destinations {
  static final int COUNT = 16_384;

  /** Four rounds: more than a branch predictor learns by heart; a power of two. */
  private static final int LENGTH = 4 * COUNT;

  private final String[] known = names();
  private final String[] asked = names();
  private final int[] order = new SplittableRandom(42).ints(LENGTH, 0, COUNT).toArray();

  private static String[] names() {
    String[] names = new String[COUNT];
    for (int i = 0; i < COUNT; i++) {
      names[i] = "mail%05d.example".formatted(i);
    }
    return names;
  }

  /** Returns all destinations once, for them to be learned. */
  Iterable<String> all() {
    return List.of(known);
  }

  /** Returns the destination at that step of the order, which begins again at its end. */
  String at(int step) {
    return asked[order[step & (LENGTH - 1)]];
  }
}
