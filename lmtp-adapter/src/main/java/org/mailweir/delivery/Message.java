package org.mailweir.delivery;

import org.mailweir.message.Body;
import org.mailweir.message.Sender;

/**
 * A message whose body has arrived.
 *
 * @param deadlineNanos reading of the time source at which its delivery is given up
 */
record Message(Sender sender, Body body, long deadlineNanos) {}
