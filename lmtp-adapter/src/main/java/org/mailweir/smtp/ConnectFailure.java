package org.mailweir.smtp;

import static java.util.Objects.requireNonNull;

import org.mailweir.message.Reply;

/** No connection could be had that is ready for MAIL. */
public final class ConnectFailure extends Exception {
  private static final long serialVersionUID = 1L;

  /** What the failure says. */
  public enum Kind {
    /** The name could not be looked up for now (SERVFAIL, timeout). */
    UNRESOLVED,
    /** The destination takes no mail, for good: no such domain, null MX, a loop. */
    PERMANENT,
    /** Connect, banner, EHLO or TLS failed on all addresses. */
    UNREACHABLE,
    /** A host answered 421 or said that there are too many connections. */
    PUSHED_BACK,
    /** Ended by us. */
    ABORTED
  }

  private final Kind kind;
  private final transient Reply reply;

  /**
   * Creates a failure.
   *
   * @param reply what to tell the client: the message, with the host named
   */
  public ConnectFailure(Kind kind, Reply reply) {
    super(reply.text(), null, false, false);
    this.kind = requireNonNull(kind);
    this.reply = requireNonNull(reply);
  }

  /** Returns what the failure says. */
  public Kind kind() {
    return kind;
  }

  /**
   * Returns whether this says something of the domain itself, its records or the TLS that is asked
   * of it, and nothing of the hosts that other domains may share with it.
   */
  public boolean isOfDomain() {
    return kind == Kind.UNRESOLVED || kind == Kind.PERMANENT || reply.status().startsWith("4.7.");
  }

  /** Returns what to tell the client. */
  public Reply reply() {
    return reply;
  }
}
