/**
 * The server that clients hand mail to, by LMTP (RFC 2033) or by SMTP (RFC 5321): a protocol engine
 * that is free of I/O, and the connections around it. Knows nothing of gates and of sending; what a
 * transaction does is behind {@link org.mailweir.lmtp.MailTransaction}.
 */
@NullMarked
package org.mailweir.lmtp;

import org.jspecify.annotations.NullMarked;
