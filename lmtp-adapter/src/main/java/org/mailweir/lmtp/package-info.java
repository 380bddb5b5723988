/**
 * The LMTP server (RFC 2033): a protocol engine that is free of I/O, and the connections around it.
 * Knows nothing of gates and SMTP; what a transaction does is behind {@link
 * org.mailweir.lmtp.MailTransaction}.
 */
@NullMarked
package org.mailweir.lmtp;

import org.jspecify.annotations.NullMarked;
