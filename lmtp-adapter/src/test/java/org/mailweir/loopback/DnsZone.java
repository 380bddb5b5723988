package org.mailweir.loopback;

import org.xbill.DNS.Name;

/**
 * Knows the answers of a {@link LoopbackDns}. A lambda will do where the answers follow from the
 * name; {@link DnsTable} is one that holds a list.
 *
 * <p>Thread safety: must be safe for use by many threads.
 */
@FunctionalInterface
public interface DnsZone {
  /**
   * Answers one question.
   *
   * @param name absolute, in lower case
   * @param type as in {@link org.xbill.DNS.Type}
   */
  DnsAnswer answer(Name name, int type);
}
