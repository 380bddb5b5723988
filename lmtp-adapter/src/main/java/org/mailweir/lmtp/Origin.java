package org.mailweir.lmtp;

import java.net.InetAddress;
import java.util.Optional;

/**
 * Where a message comes from.
 *
 * @param address of the client
 * @param name which the client gave itself, unverified; a domain or an address literal by its
 *     characters, at most 255 of them
 * @param with the protocol as the trace line names it: {@code LMTP}, {@code SMTP}, {@code ESMTP},
 *     {@code UTF8SMTP} or {@code UTF8LMTP} (RFC 3848, RFC 6531 section 4.3)
 * @param queueId the client's queue id from XFORWARD IDENT, if it gave a well-formed one
 */
public record Origin(InetAddress address, String name, String with, Optional<String> queueId) {}
