package org.mailweir.loopback;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The temper of one mail host of an {@link SmtpSink}. Start from a named one and change what
 * matters: {@code SinkBehaviour.healthy().serving(lognormal(...)).limitedTo(20)}.
 *
 * @param greeting what happens on connecting
 * @param recipients what is said to RCPT
 * @param serviceTime from the final dot to its answer
 * @param maxConnections connections that are open at once at most; above that a new one is told
 *     {@code 421 4.7.0 too many connections} and closed
 * @param flakiness share of messages that fail for now, 0 to 1: by a 451 at MAIL, at RCPT or after
 *     the dot, or by a lost connection in place of the answer to the dot
 * @param pipelining whether PIPELINING is offered
 * @param eightBit whether 8BITMIME is offered
 * @param utf8 whether SMTPUTF8 is offered
 * @param maxSize the limit offered with SIZE, and kept, in bytes
 * @param dsn whether DSN is offered
 */
public record SinkBehaviour(
    Greeting greeting,
    Recipients recipients,
    ServiceTime serviceTime,
    int maxConnections,
    double flakiness,
    boolean pipelining,
    boolean eightBit,
    boolean utf8,
    int maxSize,
    boolean dsn) {

  /** What happens on connecting. */
  public enum Greeting {
    /** 220 at once. */
    PROMPT,
    /** Silence: the connection stands and nothing is ever said. */
    NEVER,
    /** The connection is closed without a word. */
    CLOSE,
    /** 421 4.3.2 and close. */
    PUSH_BACK,
    /** 554 and close: no mail service here. */
    REFUSE
  }

  /** What is said to RCPT. */
  public enum Recipients {
    /** 250 to all. */
    ACCEPT,
    /** 450 4.7.1 the first time that this host sees a sender and recipient together, then 250. */
    GREYLIST,
    /** 550 5.1.1 to all. */
    REJECT
  }

  // RFC 3461 section 4.
  private static final String XTEXT = "([!-*,-<>-~]|\\+[0-9A-F]{2})";

  private static final int DEFAULT_MAX_SIZE = 64 << 20;

  /** Takes everything at once. */
  public static SinkBehaviour healthy() {
    return new SinkBehaviour(
        Greeting.PROMPT,
        Recipients.ACCEPT,
        ServiceTime.constant(Duration.ZERO),
        Integer.MAX_VALUE,
        0,
        true,
        true,
        true,
        DEFAULT_MAX_SIZE,
        false);
  }

  /** Takes everything, always after the same time. */
  public static SinkBehaviour slow(Duration time) {
    return healthy().serving(ServiceTime.constant(time));
  }

  /** Turns each message away once. */
  public static SinkBehaviour greylisting() {
    return healthy().answering(Recipients.GREYLIST);
  }

  /** Knows no recipient. */
  public static SinkBehaviour rejecting() {
    return healthy().answering(Recipients.REJECT);
  }

  /** Accepts connections and never greets. */
  public static SinkBehaviour silent() {
    return healthy().greeting(Greeting.NEVER);
  }

  /** Accepts connections and closes them at once. */
  public static SinkBehaviour closing() {
    return healthy().greeting(Greeting.CLOSE);
  }

  /** Returns this with another greeting. */
  public SinkBehaviour greeting(Greeting value) {
    return new SinkBehaviour(
        value,
        recipients,
        serviceTime,
        maxConnections,
        flakiness,
        pipelining,
        eightBit,
        utf8,
        maxSize,
        dsn);
  }

  /** Returns this with another answer to RCPT. */
  public SinkBehaviour answering(Recipients value) {
    return new SinkBehaviour(
        greeting,
        value,
        serviceTime,
        maxConnections,
        flakiness,
        pipelining,
        eightBit,
        utf8,
        maxSize,
        dsn);
  }

  /** Returns this with another service time. */
  public SinkBehaviour serving(ServiceTime value) {
    return new SinkBehaviour(
        greeting,
        recipients,
        value,
        maxConnections,
        flakiness,
        pipelining,
        eightBit,
        utf8,
        maxSize,
        dsn);
  }

  /** Returns this with at most so many connections at once. */
  public SinkBehaviour limitedTo(int connections) {
    return new SinkBehaviour(
        greeting,
        recipients,
        serviceTime,
        connections,
        flakiness,
        pipelining,
        eightBit,
        utf8,
        maxSize,
        dsn);
  }

  /** Returns this with this share of messages failing for now. */
  public SinkBehaviour flaky(double share) {
    return new SinkBehaviour(
        greeting,
        recipients,
        serviceTime,
        maxConnections,
        share,
        pipelining,
        eightBit,
        utf8,
        maxSize,
        dsn);
  }

  /** Returns this with this limit on the size of a message. */
  public SinkBehaviour sizeLimit(int bytes) {
    return new SinkBehaviour(
        greeting,
        recipients,
        serviceTime,
        maxConnections,
        flakiness,
        pipelining,
        eightBit,
        utf8,
        bytes,
        dsn);
  }

  /** Returns this with DSN offered. */
  public SinkBehaviour offeringDsn() {
    return new SinkBehaviour(
        greeting,
        recipients,
        serviceTime,
        maxConnections,
        flakiness,
        pipelining,
        eightBit,
        utf8,
        maxSize,
        true);
  }

  /** Returns this as an old host: neither PIPELINING nor 8BITMIME, SMTPUTF8, DSN. */
  public SinkBehaviour withoutExtensions() {
    return new SinkBehaviour(
        greeting,
        recipients,
        serviceTime,
        maxConnections,
        flakiness,
        false,
        false,
        false,
        maxSize,
        false);
  }

  /** Returns the reply to EHLO, line by line. */
  List<String> hello() {
    List<String> lines = new ArrayList<>(List.of("250-sink.test"));
    if (pipelining) {
      lines.add("250-PIPELINING");
    }
    if (eightBit) {
      lines.add("250-8BITMIME");
    }
    if (utf8) {
      lines.add("250-SMTPUTF8");
    }
    if (dsn) {
      lines.add("250-DSN");
    }
    lines.add("250-SIZE " + maxSize);
    lines.add("250 ENHANCEDSTATUSCODES");
    return lines;
  }

  /**
   * Returns whether a parameter of MAIL, in upper case, belongs to an extension that is offered.
   */
  boolean offers(String parameter) {
    return parameter.matches("SIZE=[0-9]{1,18}")
        || eightBit && parameter.matches("BODY=(7BIT|8BITMIME)")
        || utf8 && parameter.equals("SMTPUTF8")
        || dsn && parameter.matches("RET=(FULL|HDRS)|ENVID=" + XTEXT + "{1,100}");
  }

  /** Returns the same of a parameter of RCPT. */
  boolean offersToRecipients(String parameter) {
    return dsn
        && parameter.matches(
            "NOTIFY=(NEVER|(SUCCESS|FAILURE|DELAY)(,(SUCCESS|FAILURE|DELAY)){0,2})"
                + "|ORCPT=[A-Z0-9-]+;"
                + XTEXT
                + "{1,490}");
  }
}
