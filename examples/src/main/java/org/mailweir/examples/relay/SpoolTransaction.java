package org.mailweir.examples.relay;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.mailweir.examples.relay.outbound.DeliveryQueue;
import org.mailweir.examples.relay.spool.Accepted;
import org.mailweir.examples.relay.spool.QueueIds;
import org.mailweir.examples.relay.spool.Spool;
import org.mailweir.examples.relay.spool.SpoolException;
import org.mailweir.lmtp.MailTransaction;
import org.mailweir.message.Body;
import org.mailweir.message.Recipient;
import org.mailweir.message.Reply;
import org.mailweir.message.Sender;

/** Takes a message into the spool. */
final class SpoolTransaction implements MailTransaction {
  private final Sender sender;
  private final Spool spool;
  private final DeliveryQueue queue;
  private final QueueIds queueIds;
  private final Clock clock;
  private final Duration lifetime;
  private final List<Recipient> recipients = new ArrayList<>();

  SpoolTransaction(
      Sender sender,
      Spool spool,
      DeliveryQueue queue,
      QueueIds queueIds,
      Clock clock,
      Duration lifetime) {
    this.sender = sender;
    this.spool = spool;
    this.queue = queue;
    this.queueIds = queueIds;
    this.clock = clock;
    this.lifetime = lifetime;
  }

  @Override
  public List<Reply> admit(List<Recipient> added, Client client) {
    recipients.addAll(added);
    return added.stream().map(each -> new Reply(250, "2.1.5", "Ok")).toList();
  }

  @Override
  public void bodyLate() {}

  @Override
  public void deliver(Body body, Consumer<Reply> replies, Client client) {
    Instant now = clock.instant();
    String queueId = queueIds.next();
    Reply reply = new Reply(250, "2.0.0", "queued as " + queueId);
    try {
      queue.accept(
          spool.add(new Accepted(queueId, sender, recipients, now, now.plus(lifetime)), body));
    } catch (SpoolException failure) {
      reply = new Reply(452, "4.3.1", "not enough room in the spool");
    }
    Reply told = reply;
    recipients.forEach(each -> replies.accept(told));
  }

  @Override
  public void close() {}
}
