package org.mailweir.examples.relay.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.util.function.Predicate;

/** Asks whoever sits at the terminal; where nobody does, the answer is no. */
final class Confirmation implements Predicate<String> {
  private final PrintWriter out;
  private final Paper paper;

  Confirmation(PrintWriter out, Paper paper) {
    this.out = out;
    this.paper = paper;
  }

  @Override
  public boolean test(String question) {
    if (!paper.isTerminal()) {
      return false;
    }
    out.print(question + " [y/N] ");
    out.flush();
    try {
      String answer = new BufferedReader(new InputStreamReader(System.in, UTF_8)).readLine();
      return answer != null && answer.strip().matches("(?i)y|yes");
    } catch (IOException unreadable) {
      return false;
    }
  }
}
