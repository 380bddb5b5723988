package org.mailweir.lmtp;

import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mailweir.message.Body;
import org.mailweir.message.Reply;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transaction of one connection, if one is open. Whatever it throws, every recipient gets a
 * reply and the transaction is closed exactly once.
 *
 * <p>Thread safety: none; the connection's thread only.
 */
final class GuardedTransaction {
  private static final Logger log = LoggerFactory.getLogger(GuardedTransaction.class);

  private final MailTransaction.Factory factory;
  private final TransactionCount count;
  private final Interruption interruption;
  private final MailTransaction.Client client;
  private @Nullable MailTransaction open;

  GuardedTransaction(
      MailTransaction.Factory factory,
      TransactionCount count,
      Interruption interruption,
      MailTransaction.Client client) {
    this.factory = factory;
    this.count = count;
    this.interruption = interruption;
    this.client = client;
  }

  /** Returns one reply for each recipient, in their order. */
  List<Reply> admit(LmtpEvent.Admit admit) {
    int recipients = admit.recipients().size();
    try {
      if (count.isStopping() || !interruption.enter()) {
        return Collections.nCopies(recipients, Replies.STOPPING);
      }
      MailTransaction transaction = open;
      if (transaction == null) {
        if (!count.begin()) {
          return Collections.nCopies(recipients, Replies.STOPPING);
        }
        transaction = begin(admit);
      }
      List<Reply> replies = transaction.admit(admit.recipients(), client);
      if (replies.size() == recipients) {
        return replies;
      }
      log.error("A transaction answered {} of {} recipients.", replies.size(), recipients);
    } catch (InterruptedException stopping) {
      return Collections.nCopies(recipients, Replies.STOPPING);
    } catch (RuntimeException | Error failure) {
      log.error("A transaction failed while it admitted recipients.", failure);
    } finally {
      interruption.leave();
    }
    return Collections.nCopies(recipients, Replies.INTERNAL);
  }

  void bodyLate() {
    MailTransaction transaction = open;
    if (transaction == null) {
      return;
    }
    try {
      transaction.bodyLate();
    } catch (RuntimeException | Error failure) {
      log.error("A transaction failed when told that its body is late.", failure);
    }
  }

  /** Delivers, and returns the reply for the recipients that got none. */
  Reply deliver(Body body, Consumer<Reply> replies) {
    MailTransaction transaction = open;
    if (transaction == null) {
      return Replies.INTERNAL;
    }
    try {
      if (!interruption.enter()) {
        return Replies.STOPPING;
      }
      transaction.deliver(body, replies, client);
    } catch (InterruptedException stopping) {
      return Replies.STOPPING;
    } catch (RuntimeException | Error failure) {
      log.error("A transaction failed while it delivered.", failure);
    } finally {
      interruption.leave();
    }
    return Replies.INTERNAL;
  }

  /** Closes the transaction, if one is open. */
  void end() {
    MailTransaction transaction = open;
    if (transaction == null) {
      return;
    }
    open = null;
    try {
      transaction.close();
    } catch (RuntimeException | Error failure) {
      log.error("A transaction failed when it was closed.", failure);
    } finally {
      count.end();
    }
  }

  private MailTransaction begin(LmtpEvent.Admit admit) {
    try {
      MailTransaction transaction = factory.begin(admit.sender(), admit.origin());
      open = transaction;
      return transaction;
    } catch (RuntimeException | Error failure) {
      count.end();
      throw failure;
    }
  }
}
