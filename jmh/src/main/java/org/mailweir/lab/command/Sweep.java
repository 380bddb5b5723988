package org.mailweir.lab.command;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Numbers of clients to go through, from the least to the most in even steps.
 *
 * @param least at least 10, the least that the gate works with
 * @param most at most 10,000
 * @param step above 0
 */
record Sweep(int least, int most, int step) {
  private static final Pattern FORM =
      Pattern.compile("max-clients=(\\d{1,5})\\.\\.(\\d{1,5})(?::(\\d{1,5}))?");
  private static final int USUAL_STEPS = 9;
  private static final int MOST = 10_000;

  Sweep {
    if (least < 10 || most < least || most > MOST || step < 1) {
      throw new IllegalArgumentException(
          "max-clients: from 10 to " + MOST + ", the lesser number first");
    }
  }

  /** Reads {@code max-clients=20..200} or {@code max-clients=20..200:10}, with a step. */
  static Sweep parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException("expected max-clients=LEAST..MOST or LEAST..MOST:STEP");
    }
    int least = Integer.parseInt(form.group(1));
    int most = Integer.parseInt(form.group(2));
    int step =
        form.group(3) != null
            ? Integer.parseInt(form.group(3))
            : Math.max(1, (most - least) / USUAL_STEPS);
    return new Sweep(least, most, step);
  }

  List<Integer> values() {
    List<Integer> values = new ArrayList<>();
    for (int value = least; value <= most; value += step) {
      values.add(value);
    }
    return values;
  }
}
