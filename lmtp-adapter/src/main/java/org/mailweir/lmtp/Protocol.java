package org.mailweir.lmtp;

import java.util.List;
import org.mailweir.message.Reply;

/** What the server's clients speak. LMTP is SMTP but for what is said here. */
public enum Protocol {
  /** RFC 2033: begins with LHLO; after the final dot there is one reply for each recipient. */
  LMTP("LMTP", List.of("LHLO"), 503, " VRFY XFORWARD"),

  /** RFC 5321: begins with EHLO or HELO; after the final dot there is one reply for all. */
  SMTP("ESMTP", List.of("EHLO", "HELO"), 554, " VRFY");

  private final String greeting;
  private final List<String> hellos;
  private final Reply helloFirst;
  private final Reply otherProtocol;
  private final Reply noRecipients;
  private final Reply help;

  Protocol(String greeting, List<String> hellos, int noRecipients, String more) {
    this.greeting = greeting;
    this.hellos = hellos;
    String hello = hellos.get(0);
    this.helloFirst = new Reply(503, "5.5.1", "Send " + hello + " first");
    this.otherProtocol = new Reply(500, "5.5.1", "This is " + name() + ", send " + hello);
    // RFC 2033 section 4.2 and RFC 5321 section 3.3.
    this.noRecipients = new Reply(noRecipients, "5.5.1", "No valid recipients");
    this.help =
        new Reply(214, "2.0.0", String.join(" ", hellos) + " MAIL RCPT DATA RSET NOOP QUIT" + more);
  }

  /** Returns what the first line names. */
  String greeting() {
    return greeting;
  }

  /** Returns whether a client may introduce itself with this verb. */
  boolean isHello(String verb) {
    return hellos.contains(verb);
  }

  /** Returns whether each recipient is answered after the final dot. */
  boolean answersEach() {
    return this == LMTP;
  }

  /** Returns whether clients are told of XFORWARD, and may use it. */
  boolean offersXforward() {
    return this == LMTP;
  }

  Reply helloFirst() {
    return helloFirst;
  }

  Reply otherProtocol() {
    return otherProtocol;
  }

  Reply noRecipients() {
    return noRecipients;
  }

  Reply help() {
    return help;
  }
}
