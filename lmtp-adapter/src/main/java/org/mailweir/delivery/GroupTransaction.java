package org.mailweir.delivery;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.Attempt;
import org.mailweir.lmtp.MailTransaction;
import org.mailweir.message.Body;
import org.mailweir.message.Destination;
import org.mailweir.message.Recipient;
import org.mailweir.message.Reply;
import org.mailweir.message.Sender;

/**
 * One message of one client, to one or more destinations.
 *
 * <p>There is one admission for each destination. As soon as one of them has a permit, the busy
 * ones are accepted too and wait behind the body; while none has, the client waits at RCPT. Nothing
 * waits between the last reply to RCPT and 354. After the dot each delivery goes its own way, and
 * this thread, the connection's, only watches: it hands out replies in order, asks once a second
 * whether the client is still there, and ends what takes too long. There is no timer thread.
 */
final class GroupTransaction implements MailTransaction {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final Services services;
  private final Sender sender;
  private final Optional<String> queueId;
  private final Bell bell;
  private final Map<Destination, DestinationDelivery> deliveries = new LinkedHashMap<>();
  private @Nullable Envelope envelope;

  GroupTransaction(Services services, Sender sender, Optional<String> queueId) {
    this.services = services;
    this.sender = sender;
    this.queueId = queueId;
    bell = services.bells().get();
  }

  @Override
  public List<Reply> admit(List<Recipient> recipients, Client client) throws InterruptedException {
    if (services.inProgress().isStopping()) {
      return recipients.stream().map(recipient -> Replies.SHUTTING_DOWN).toList();
    }
    Envelope opened = open();
    services.sites().prepare(unknown(recipients));
    for (Recipient recipient : recipients) {
      Destination destination = recipient.destination();
      if (!deliveries.containsKey(destination)) {
        DestinationDelivery delivery = new DestinationDelivery(destination, opened);
        deliveries.put(destination, delivery);
        delivery.ask();
      }
    }
    awaitFirstTurn(opened, client);
    return recipients.stream()
        .map(recipient -> deliveryTo(recipient).accept(recipient, opened.order()))
        .toList();
  }

  @Override
  public void bodyLate() {
    if (envelope != null) {
      envelope.setLate();
      deliveries().forEach(DestinationDelivery::proceed);
    }
  }

  @Override
  public void deliver(Body body, Consumer<Reply> replies, Client client)
      throws InterruptedException {
    Envelope opened = open();
    ReplyOrder order = opened.order();
    long begun = services.time().nanoTime();
    long deadline = begun + services.settings().deadline().toNanos();
    Disconnect disconnect = new Disconnect(client, begun);
    opened.setMessage(new Message(sender, body, deadline));
    deliveries().forEach(DestinationDelivery::proceed);
    while (true) {
      boolean complete = order.isComplete();
      if (!disconnect.isSeen()) {
        order.handOut(replies);
      }
      if (complete) {
        return;
      }
      long now = services.time().nanoTime();
      if (deadline - now <= 0) {
        deliveries().forEach(DestinationDelivery::expire);
      } else if (disconnect.isSeenBy(now)) {
        giveUp(Replies.CLIENT_GONE);
      } else if (services.inProgress().isAborting()) {
        giveUp(Replies.SHUTTING_DOWN);
      }
      if (!order.isComplete()) {
        bell.await(untilNextLook(now, deadline));
      }
    }
  }

  @Override
  public void close() {
    services.inProgress().closed(this);
    if (envelope != null) {
      giveUp(Replies.CLIENT_GONE);
      envelope.admitter().close();
      envelope.setMessage(null);
    }
  }

  /** Makes the connection's thread look around, if it is blocked in here. */
  void wake() {
    bell.ring();
  }

  private void awaitFirstTurn(Envelope opened, Client client) throws InterruptedException {
    long begun = services.time().nanoTime();
    long limit = begun + services.settings().rcptLimit().toNanos();
    Disconnect disconnect = new Disconnect(client, begun);
    while (deliveries().stream().noneMatch(DestinationDelivery::hasTurn)
        && deliveries().stream().anyMatch(DestinationDelivery::isWaiting)) {
      long now = services.time().nanoTime();
      if (disconnect.isSeenBy(now)) {
        cancel(opened, Replies.CLIENT_GONE);
      } else if (services.inProgress().isStopping()) {
        cancel(opened, Replies.SHUTTING_DOWN);
      } else if (limit - now <= 0) {
        cancel(opened, Replies.noTurn(services.settings().rcptLimit()));
      } else {
        bell.await(untilNextLook(now, limit));
      }
    }
  }

  /** Lets the deliveries do what is due, and returns the nanoseconds until something may be. */
  private long untilNextLook(long now, long limit) {
    long wait = Math.min(SECOND, Math.max(0, limit - now));
    for (DestinationDelivery delivery : deliveries()) {
      wait = Math.min(wait, delivery.watch(now));
    }
    return wait;
  }

  private void cancel(Envelope opened, Reply reply) {
    giveUp(reply);
    opened.admitter().close();
  }

  private void giveUp(Reply reply) {
    deliveries().forEach(delivery -> delivery.giveUp(reply));
  }

  private Set<Destination> unknown(List<Recipient> recipients) {
    Set<Destination> unknown = new LinkedHashSet<>();
    recipients.forEach(recipient -> unknown.add(recipient.destination()));
    unknown.removeAll(deliveries.keySet());
    return unknown;
  }

  private Collection<DestinationDelivery> deliveries() {
    return deliveries.values();
  }

  private DestinationDelivery deliveryTo(Recipient recipient) {
    return requireNonNull(deliveries.get(recipient.destination()));
  }

  private Envelope open() {
    Envelope opened = envelope;
    if (opened == null) {
      queueId.ifPresent(services.refusedMail()::came);
      Attempt attempt = QueueId.attempt(queueId, services.clock().instant());
      opened = new Envelope(services, attempt, Math.max(0, sender.declaredSize()), queueId, bell);
      envelope = opened;
    }
    return opened;
  }

  /** Asks at most once a second whether the client has gone; once gone, always gone. */
  private static final class Disconnect {
    private final Client client;
    private long asked;
    private boolean seen;

    Disconnect(Client client, long now) {
      this.client = client;
      asked = now;
    }

    boolean isSeen() {
      return seen;
    }

    boolean isSeenBy(long now) {
      if (!seen && now - asked >= SECOND) {
        asked = now;
        seen = client.gone();
      }
      return seen;
    }
  }
}
