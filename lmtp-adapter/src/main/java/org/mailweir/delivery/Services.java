package org.mailweir.delivery;

import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.TimeSource;
import org.mailweir.message.Destination;
import org.mailweir.recall.RefusedMail;
import org.mailweir.site.Sites;
import org.mailweir.smtp.SmtpConnector;

/**
 * What all transactions use.
 *
 * @param gate is asked about sites, not about single destinations
 * @param tasks runs each attempt on a thread of its own: attempts block
 * @param time the gate's time source
 * @param clock the wall clock, against which queue ids are read
 * @param bells makes what a blocked connection thread waits on
 */
record Services(
    DestinationGate<Destination> gate,
    Sites sites,
    SmtpConnector connector,
    RefusedMail refusedMail,
    Executor tasks,
    TimeSource time,
    Clock clock,
    DeliverySettings settings,
    Supplier<Bell> bells,
    InProgress inProgress) {}
