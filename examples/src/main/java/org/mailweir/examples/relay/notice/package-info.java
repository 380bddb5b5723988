/** Tells senders what became of their mail: delivery status notifications (RFC 3464). */
@NullMarked
package org.mailweir.examples.relay.notice;

import org.jspecify.annotations.NullMarked;
