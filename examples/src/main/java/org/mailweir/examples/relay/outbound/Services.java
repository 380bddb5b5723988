package org.mailweir.examples.relay.outbound;

import java.time.Clock;
import java.util.concurrent.Executor;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.TimeSource;
import org.mailweir.examples.relay.notice.NoticeWriter;
import org.mailweir.examples.relay.spool.Spool;
import org.mailweir.message.Destination;
import org.mailweir.site.Sites;
import org.mailweir.smtp.SmtpConnector;

/**
 * What a {@link DeliveryQueue} uses.
 *
 * @param gate knows sites, not single destinations; has no other backlog
 * @param tasks runs each attempt on a thread of its own: attempts block
 * @param time the gate's time source, and that of {@link org.mailweir.smtp.SmtpConnection#send}'s
 *     deadlines
 * @param clock the wall clock; must not jump while the program runs
 */
public record Services(
    Spool spool,
    DestinationGate<Destination> gate,
    Sites sites,
    SmtpConnector connector,
    NoticeWriter notices,
    Executor tasks,
    TimeSource time,
    Clock clock,
    OutboundSettings settings) {}
