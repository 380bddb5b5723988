package org.mailweir.loopback;

import java.net.InetAddress;

/**
 * A breach of RFC 5321 or RFC 2920 by a client. Tests assert that there is none.
 *
 * @param host the mail host that saw it
 * @param connection number of the connection at its sink
 * @param rule what was breached
 * @param detail the command's verb or some such; never an address
 */
public record Violation(InetAddress host, long connection, Rule rule, String detail) {
  /** The rules that are checked. */
  public enum Rule {
    /** A command line that ends with LF alone. */
    BARE_LF_IN_COMMAND,
    /** A CR inside a command line. */
    BARE_CR_IN_COMMAND,
    /** A NUL or another control character in a command line. */
    CONTROL_IN_COMMAND,
    /** A byte above 127 in a command of a transaction without SMTPUTF8. */
    NON_ASCII_COMMAND,
    /** A command line that is too long. */
    LONG_COMMAND,
    /** A command that is none, or whose arguments are wrong. */
    SYNTAX,
    /** A MAIL or RCPT parameter of an extension that was not offered, or a wrong one. */
    PARAMETER,
    /** A command that is not allowed at this point. */
    ORDER,
    /** Something was sent before the greeting. */
    BEFORE_GREETING,
    /** Something was sent before the answer to the command ahead of it, without PIPELINING. */
    PIPELINED_WITHOUT_OFFER,
    /**
     * Something was sent behind a command that has to be the last of a group, data before 354 too.
     */
    AHEAD_OF_REPLY,
    /** A CR that is not followed by LF, in a message. */
    BARE_CR_IN_MESSAGE,
    /** An LF that does not follow a CR, in a message. */
    BARE_LF_IN_MESSAGE,
    /** A byte above 127 in a message that was not declared 8BITMIME. */
    UNDECLARED_EIGHT_BIT,
    /** A message larger than its declared size by more than a tenth, or than the limit. */
    SIZE
  }
}
