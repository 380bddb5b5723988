package org.mailweir.examples.relay.intake;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.mailweir.lmtp.MailTransaction;
import org.mailweir.lmtp.Origin;
import org.mailweir.message.Body;
import org.mailweir.message.Recipient;
import org.mailweir.message.Reply;
import org.mailweir.message.Sender;

/**
 * A message on its way in.
 *
 * <p>Thread safety: none; the thread of one connection.
 */
final class Arriving implements MailTransaction {
  private final Intake intake;
  private final Sender sender;
  private final Origin origin;
  private final List<Recipient> recipients = new ArrayList<>();

  Arriving(Intake intake, Sender sender, Origin origin) {
    this.intake = intake;
    this.sender = sender;
    this.origin = origin;
  }

  @Override
  public List<Reply> admit(List<Recipient> arrived, Client client) {
    List<Reply> replies = intake.answer(sender, arrived);
    for (int i = 0; i < replies.size(); i++) {
      if (replies.get(i).isPositive()) {
        recipients.add(arrived.get(i));
      }
    }
    return replies;
  }

  @Override
  public void bodyLate() {
    // Nothing is held while a body comes.
  }

  @Override
  public void deliver(Body body, Consumer<Reply> replies, Client client) {
    Reply reply = intake.take(sender, origin, recipients, body);
    recipients.forEach(recipient -> replies.accept(reply));
  }

  @Override
  public void close() {
    // What was spooled stays; what was not was never ours.
  }
}
