package org.mailweir.examples.relay.control;

import java.io.Console;
import java.util.function.Predicate;

/** Asks whoever sits at the terminal; where nobody does, the answer is no. */
final class Confirmation implements Predicate<String> {
  @Override
  public boolean test(String question) {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    String answer = console.readLine("%s [y/N] ", question);
    return answer != null && answer.strip().matches("(?i)y|yes");
  }
}
