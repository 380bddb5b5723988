package org.mailweir.loopback;

import java.util.List;
import org.xbill.DNS.Record;

/** What a {@link LoopbackDns} says to one question. */
public sealed interface DnsAnswer {
  /** Records of the type that was asked for; none means that the name exists without any. */
  record Records(List<Record> records) implements DnsAnswer {
    /** Copies the list. */
    public Records {
      records = List.copyOf(records);
    }
  }

  /** The same, and signed: the server says so (AD) where the question asks for it. */
  record Signed(DnsAnswer answer) implements DnsAnswer {}

  /** There is no such name (NXDOMAIN). */
  record NoSuchName() implements DnsAnswer {}

  /**
   * The server failed.
   *
   * @param rcode as in {@link org.xbill.DNS.Rcode}: SERVFAIL, REFUSED
   */
  record Failure(int rcode) implements DnsAnswer {}

  /** No answer at all: the client runs into its timeout. */
  record Silence() implements DnsAnswer {}
}
