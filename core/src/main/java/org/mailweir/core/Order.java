package org.mailweir.core;

import java.util.Arrays;

/**
 * A doubly linked list of small numbers from 1 on, each at most once: append and remove in constant
 * time.
 *
 * <p>The links are in one array of ints, a pair for each number. In objects they would be
 * references: to move an object to the end of a list would fetch both its neighbours from memory,
 * and tell the garbage collector of each link.
 *
 * <p>Thread safety: none; the owner's lock guards it.
 */
final class Order {
  /** Before the first, and after the last. */
  static final int END = 0;

  private static final int ABSENT = -1;
  private static final int FEW = 63;

  private final int most;
  private int[] links; // of number n: the one before at 2n, the one after at 2n + 1

  /** Makes an empty list of numbers up to that. It has room for a few of them at first. */
  Order(int most) {
    this.most = most;
    links = new int[2 * (Math.min(most, FEW) + 1)];
    Arrays.fill(links, 2, links.length, ABSENT);
  }

  boolean isEmpty() {
    return first() == END;
  }

  boolean contains(int number) {
    return 2 * number < links.length && links[2 * number] != ABSENT;
  }

  /** Returns the first, or {@link #END}. */
  int first() {
    return after(END);
  }

  /** Returns the last, or {@link #END}. */
  int last() {
    return before(END);
  }

  /** Returns the one before one that is in the list, or {@link #END}. */
  int before(int number) {
    return links[2 * number];
  }

  /** Returns the one after one that is in the list, or {@link #END}. */
  int after(int number) {
    return links[2 * number + 1];
  }

  /** Puts one at the end that is not in the list. */
  void append(int number) {
    if (2 * number >= links.length) {
      grow(number);
    }
    link(last(), number);
    link(number, END);
  }

  /** Takes one out that is in the list. */
  void remove(int number) {
    link(before(number), after(number));
    links[2 * number] = ABSENT;
  }

  /** Puts one at the end, wherever it was. */
  void moveToEnd(int number) {
    if (last() != number) {
      if (contains(number)) {
        remove(number);
      }
      append(number);
    }
  }

  private void link(int first, int second) {
    links[2 * first + 1] = second;
    links[2 * second] = first;
  }

  private void grow(int number) {
    int old = links.length;
    int half = Math.min(number + number / 2, most);
    links = Arrays.copyOf(links, 2 * (Math.max(number, half) + 1));
    Arrays.fill(links, old, links.length, ABSENT);
  }
}
