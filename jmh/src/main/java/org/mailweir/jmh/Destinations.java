package org.mailweir.jmh;

import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Destinations, and an order in which to ask for them.
 *
 * <p>The names of the order are equal to those that were learned, but other objects: a transport
 * reads the name of each message anew. Or they are the same objects: a program with a queue for
 * each destination has one name for it.
 */
final class Destinations {
  /** More steps than a branch predictor learns by heart; a power of two. */
  private static final int LENGTH = 1 << 16;

  private final String[] known;
  private final String[] asked;
  private final int[] order;

  Destinations(int count, boolean sameNames) {
    known = names(count);
    asked = sameNames ? known : names(count);
    order = new SplittableRandom(42).ints(LENGTH, 0, count).toArray();
  }

  private static String[] names(int count) {
    String[] names = new String[count];
    for (int i = 0; i < count; i++) {
      names[i] = String.format(Locale.ROOT, "mail%05d.example", i);
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
