/**
 * The SMTP client (RFC 5321): opens connections to a destination's hosts, sends messages with
 * results per recipient, and keeps a bounded pool of idle connections. Knows nothing of gates and
 * LMTP.
 */
@NullMarked
package org.mailweir.smtp;

import org.jspecify.annotations.NullMarked;
