package org.mailweir.loopback;

import java.util.ArrayList;
import java.util.List;

/** The envelope of a message under way at a {@link SinkSession}. */
final class SinkTransaction {
  private final String sender;
  private final List<String> parameters;
  private final SinkHost.Failure failure;
  private final long mailNanos = System.nanoTime();
  private final List<String> recipients = new ArrayList<>(1);
  private boolean asked;

  SinkTransaction(String sender, List<String> parameters, SinkHost.Failure failure) {
    this.sender = sender;
    this.parameters = parameters;
    this.failure = failure;
  }

  /** Returns the SIZE among the parameters of MAIL; 0 if there is none. */
  static long declaredSize(List<String> parameters) {
    return parameters.stream()
        .filter(p -> p.startsWith("SIZE="))
        .mapToLong(p -> Long.parseLong(p.substring("SIZE=".length())))
        .findFirst()
        .orElse(0);
  }

  String sender() {
    return sender;
  }

  List<String> parameters() {
    return parameters;
  }

  /** Returns how this message is going to fail, if it is. */
  SinkHost.Failure failure() {
    return failure;
  }

  long mailNanos() {
    return mailNanos;
  }

  /** Returns the accepted recipients, to be added to. */
  List<String> recipients() {
    return recipients;
  }

  /** Notes a RCPT, accepted or not. */
  void ask() {
    asked = true;
  }

  /** Returns whether there was any RCPT. */
  boolean asked() {
    return asked;
  }

  boolean utf8() {
    return parameters.contains("SMTPUTF8");
  }

  boolean eightBit() {
    return parameters.contains("BODY=8BITMIME");
  }

  long declaredSize() {
    return declaredSize(parameters);
  }
}
