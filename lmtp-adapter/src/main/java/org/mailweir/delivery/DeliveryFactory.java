package org.mailweir.delivery;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.TimeSource;
import org.mailweir.lmtp.MailTransaction;
import org.mailweir.lmtp.Origin;
import org.mailweir.message.Destination;
import org.mailweir.message.Sender;
import org.mailweir.recall.RefusedMail;
import org.mailweir.site.Sites;
import org.mailweir.smtp.SmtpConnector;

/**
 * Begins transactions that ask the gate for leave, deliver over SMTP, and answer in order.
 *
 * <p>To stop: {@link #stop}, then after a grace {@link #abortBeforeDot}, then wait until {@link
 * #counts} shows no transaction: those past their dot end by themselves at their deadline.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class DeliveryFactory implements MailTransaction.Factory {
  // A probe without a client may go through several addresses, a minute each and one more to greet.
  private static final Duration STUCK_AFTER = Duration.ofMinutes(15);

  private final Services services;

  /**
   * Creates the factory.
   *
   * @param sites under which the gate knows destinations
   * @param refusedMail hears of the mail that destinations could not take
   * @param tasks runs each attempt on a thread of its own; bounded by the gate, not by itself
   * @param time the gate's time source; its readings are handed to {@link
   *     org.mailweir.smtp.SmtpConnection#send} as the deadline
   * @param clock the wall clock, for the age of messages
   */
  public DeliveryFactory(
      DestinationGate<Destination> gate,
      Sites sites,
      SmtpConnector connector,
      RefusedMail refusedMail,
      Executor tasks,
      TimeSource time,
      Clock clock,
      DeliverySettings settings) {
    this(gate, sites, connector, refusedMail, tasks, time, clock, settings, Bell::create);
  }

  DeliveryFactory(
      DestinationGate<Destination> gate,
      Sites sites,
      SmtpConnector connector,
      RefusedMail refusedMail,
      Executor tasks,
      TimeSource time,
      Clock clock,
      DeliverySettings settings,
      Supplier<Bell> bells) {
    services =
        new Services(
            gate,
            sites,
            connector,
            refusedMail,
            tasks,
            time,
            clock,
            settings,
            bells,
            new InProgress());
  }

  @Override
  public MailTransaction begin(Sender sender, Origin origin) {
    GroupTransaction transaction = new GroupTransaction(services, sender, origin.queueId());
    services.inProgress().began(transaction);
    return transaction;
  }

  /**
   * Ends deliveries that are stuck: a quarter of an hour after the deadline that each of them has.
   * To be called every few seconds.
   *
   * @return how many were ended
   */
  public int watch() {
    long longest = services.settings().deadline().plus(STUCK_AFTER).toNanos();
    return services.inProgress().abandonBegunBefore(services.time().nanoTime() - longest);
  }

  /** Refuses all recipients from now on, also those that wait for their answer. */
  public void stop() {
    services.inProgress().stop();
  }

  /** Ends all deliveries that are not past their final dot: their recipients get a 451. */
  public void abortBeforeDot() {
    services.inProgress().abortBeforeDot();
  }

  /**
   * Waits until every attempt that delivers a message has told the gate what it learned: a client
   * has its last reply a moment before that.
   *
   * @param longest not negative
   * @return whether all have
   * @throws InterruptedException if interrupted while it waits
   */
  public boolean awaitDeliveries(Duration longest) throws InterruptedException {
    return services.inProgress().awaitDeliveries(longest);
  }

  /** Returns what is under way. */
  public DeliveryCounts counts() {
    return services.inProgress().counts();
  }
}
