package org.mailweir.lmtp;

import java.util.Arrays;

/**
 * Bytes received and not yet used: those from {@code start} to {@code end} of an array that grows
 * as far as {@link #MAX} and is filled in place.
 *
 * <p>Thread safety: none.
 */
final class InputBuffer {
  static final int MAX = 64 << 10;
  private static final int FIRST = 4 << 10;

  private static final byte[] NONE = new byte[0];

  private byte[] bytes = NONE;
  private int start;
  private int end;
  private boolean tooSmall;

  byte[] array() {
    return bytes;
  }

  int start() {
    return start;
  }

  int end() {
    return end;
  }

  int size() {
    return end - start;
  }

  boolean isEmpty() {
    return start == end;
  }

  /** Notes that the bytes up to this index were used. */
  void usedTo(int index) {
    start = index;
    if (start == end) {
      start = 0;
      end = 0;
    }
  }

  /** Gives its array back if it is empty; the next input makes another. */
  void rest() {
    if (isEmpty()) {
      bytes = NONE;
      tooSmall = false;
    }
  }

  /** Makes room behind the end, and returns how much: 0 only if {@link #MAX} bytes wait. */
  int makeRoom() {
    if (start > 0 && bytes.length - end < bytes.length / 2) {
      System.arraycopy(bytes, start, bytes, 0, end - start);
      end -= start;
      start = 0;
    }
    if (bytes.length == 0) {
      bytes = new byte[FIRST];
    } else if (bytes.length < MAX && (tooSmall || end == bytes.length)) {
      bytes = Arrays.copyOf(bytes, bytes.length * 4);
      tooSmall = false;
    }
    return bytes.length - end;
  }

  /** Notes that bytes were put behind the end; if they fill the array the next one is larger. */
  void filled(int count) {
    end += count;
    tooSmall = end == bytes.length;
  }

  /** Copies as many of these bytes as there is room for, and returns how many. */
  int add(byte[] source, int from, int to) {
    int left = to - from;
    int at = from;
    while (left > 0 && makeRoom() > 0) {
      int count = Math.min(left, bytes.length - end);
      System.arraycopy(source, at, bytes, end, count);
      end += count;
      at += count;
      left -= count;
    }
    return at - from;
  }
}
