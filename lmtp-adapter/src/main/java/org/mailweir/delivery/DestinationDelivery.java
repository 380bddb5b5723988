package org.mailweir.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.Admission;
import org.mailweir.core.DestinationStatus;
import org.mailweir.core.Permit;
import org.mailweir.core.Refusal;
import org.mailweir.delivery.DeliveryState.Active;
import org.mailweir.delivery.DeliveryState.Asked;
import org.mailweir.delivery.DeliveryState.Connecting;
import org.mailweir.delivery.DeliveryState.Detached;
import org.mailweir.delivery.DeliveryState.Ended;
import org.mailweir.delivery.DeliveryState.Finishing;
import org.mailweir.delivery.DeliveryState.Granted;
import org.mailweir.delivery.DeliveryState.LetGo;
import org.mailweir.delivery.DeliveryState.Refused;
import org.mailweir.delivery.DeliveryState.Sending;
import org.mailweir.message.Destination;
import org.mailweir.message.Recipient;
import org.mailweir.message.Reply;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The delivery of one message to one destination.
 *
 * <p>One compare-and-set on its {@link DeliveryState} decides every race: an attempt that was
 * detached cannot send, one that has leave for the final dot cannot be given up.
 *
 * <p>A permit belongs to whoever takes it out of Granted; from Connecting on to its {@link
 * DeliveryAttempt}, which settles it whatever happens. No lock is held while the gate is called.
 *
 * <p>Thread safety: recipients are accepted by the connection's thread before the body is there,
 * and read by others after that; the rest may be called by any thread.
 */
final class DestinationDelivery {
  private static final Logger log = LoggerFactory.getLogger(DestinationDelivery.class);

  /** The gate ends a wait by itself; only if it is so late with that, the wait is ended here. */
  private static final long GATE_SLACK = Duration.ofSeconds(5).toNanos();

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final Destination destination;

  /** What the gate is asked about. Another one from a change to Asked on. */
  private volatile Destination site;

  private final Envelope envelope;
  private final Services services;
  private final List<Recipient> recipients = new ArrayList<>();
  private final List<Integer> places = new ArrayList<>();
  private final AtomicReference<DeliveryState> state;

  // Of the connection's thread: the wait that is overdue, since when, local outages not counted.
  private @Nullable DeliveryState overdue;
  private long overdueSince;

  /** The remote's words, if it has turned this message away. */
  private volatile @Nullable Reply turnedAway;

  DestinationDelivery(Destination destination, Envelope envelope) {
    this.destination = destination;
    this.envelope = envelope;
    services = envelope.services();
    site = services.sites().of(destination);
    state = new AtomicReference<>(asked(envelope.patience()));
  }

  Destination destination() {
    return destination;
  }

  /** Returns what the gate was asked about last. */
  Destination site() {
    return site;
  }

  List<Recipient> recipients() {
    return recipients;
  }

  /** Asks the gate for the first time. */
  void ask() {
    if (state.get() instanceof Asked asked) {
      ask(asked, () -> admitAsync(envelope.patience()));
    }
  }

  boolean hasTurn() {
    return state.get() instanceof Granted;
  }

  boolean isWaiting() {
    return state.get() instanceof Asked;
  }

  /** Takes a recipient to this destination, or answers why not. */
  Reply accept(Recipient recipient, ReplyOrder order) {
    DeliveryState now = state.get();
    if (now instanceof Refused refused) {
      envelope.refusedBecauseOf(site);
      return reply(refused.refusal());
    }
    if (now instanceof Ended ended) {
      return ended.reply();
    }
    recipients.add(recipient);
    places.add(order.add());
    return Replies.ACCEPTED;
  }

  /**
   * Does what this state and the body's allow; called after each change of either. It reads the
   * state before and after the body, so that of two threads that change one each, at least one sees
   * both changes.
   */
  void proceed() {
    boolean changed = true;
    while (changed) {
      changed = step(state.get(), envelope.message());
    }
    envelope.bell().ring();
  }

  private boolean step(DeliveryState now, @Nullable Message message) {
    if (message == null) {
      return envelope.isLate() && now instanceof Granted granted && letGo(granted);
    }
    if (now instanceof Granted granted) {
      Destination known = services.sites().of(destination);
      return known.equals(site) ? begin(granted) : askAbout(known, granted, message);
    }
    if (now instanceof LetGo letGo) {
      Duration patience = envelope.patienceAgain(message);
      askNext(letGo, patience, () -> admitAsync(patience));
      return true;
    }
    if (now instanceof Refused refused) {
      Reply words = turnedAway;
      if (!places.isEmpty()) { // else it was told at RCPT
        envelope.refusedBecauseOf(site);
      }
      return end(
          refused, words != null ? Replies.asTransient(words, "4.4.5") : reply(refused.refusal()));
    }
    if (now instanceof Ended ended) {
      answerAll(ended.reply());
    }
    return false;
  }

  /** Does what is due by now, and returns the nanoseconds until it wants to be asked again. */
  long watch(long now) {
    DeliveryState current = state.get();
    if (current instanceof Connecting connecting) {
      DeliveryAttempt attempt = connecting.attempt();
      long left = attempt.holdLeft(now);
      if (left > 0) {
        return left;
      }
      if (state.compareAndSet(connecting, new Detached())) {
        envelope.refusedBecauseOf(site);
        answerAll(attempt.detach());
      }
      return 0;
    }
    if (current instanceof Asked asked && now - asked.patienceEnd() >= 0) {
      watchOverdue(asked, now);
    }
    return SECOND;
  }

  /** Ends a wait that the gate did not end; a local outage may hold it beyond its patience. */
  private void watchOverdue(Asked asked, long now) {
    if (overdue != asked || services.gate().stats().outage()) {
      overdue = asked;
      overdueSince = now;
    } else if (now - overdueSince >= GATE_SLACK) {
      Refusal timedOut = new Refusal(Refusal.Reason.TIMED_OUT, Refusal.NO_HINT, "");
      if (state.compareAndSet(asked, new Refused(timedOut))) {
        proceed();
      }
    }
  }

  /** Ends this delivery unless it is past the dot, or needs no end. */
  void giveUp(Reply reply) {
    while (true) {
      DeliveryState now = state.get();
      if (now instanceof Refused
          || now instanceof Detached
          || now instanceof Finishing
          || now instanceof Ended) {
        return;
      }
      if (end(now, reply)) {
        if (now instanceof Granted granted) {
          granted.permit().close();
        } else if (now instanceof Active active) {
          active.attempt().abort();
        }
        return;
      }
    }
  }

  /** Ends this delivery at its deadline; past the dot it answers without knowing. */
  void expire() {
    Duration deadline = services.settings().deadline();
    giveUp(Replies.notFinished(destination, deadline));
    if (state.get() instanceof Finishing) {
      answerAll(Replies.maybeDelivered(destination, deadline));
    }
  }

  /** Returns the message for an attempt that is ready; null if it must not send it any more. */
  @Nullable Message startSending(DeliveryAttempt attempt) {
    DeliveryState now = state.get();
    boolean mine = now instanceof Connecting connecting && connecting.attempt() == attempt;
    return mine && state.compareAndSet(now, new Sending(attempt)) ? envelope.message() : null;
  }

  /** Returns whether an attempt may send the final dot; it is not given up from then on. */
  boolean mayFinish(DeliveryAttempt attempt) {
    DeliveryState now = state.get();
    boolean mine = now instanceof Sending sending && sending.attempt() == attempt;
    return mine && state.compareAndSet(now, new Finishing(attempt));
  }

  /** Takes the leave for the final dot back from an attempt. */
  void notTaken(DeliveryAttempt attempt) {
    DeliveryState now = state.get();
    if (now instanceof Finishing finishing && finishing.attempt() == attempt) {
      state.compareAndSet(now, new Sending(attempt));
    }
  }

  boolean isFinishing(DeliveryAttempt attempt) {
    return state.get() instanceof Finishing finishing && finishing.attempt() == attempt;
  }

  /** Answers one recipient. */
  void answer(int index, Reply reply) {
    envelope.order().set(places.get(index), Replies.forRecipient(reply));
    envelope.bell().ring();
  }

  /** Ends this delivery for an attempt that found no host in a state to take mail. */
  void unreachable(DeliveryAttempt attempt, Reply reply) {
    if (state.get() instanceof Active active && active.attempt() == attempt) {
      envelope.refusedBecauseOf(site);
    }
    over(attempt, reply);
  }

  /** Ends this delivery for an attempt that is over; recipients without an answer get this one. */
  void over(DeliveryAttempt attempt, Reply reply) {
    DeliveryState now = state.get();
    while (now instanceof Active active && active.attempt() == attempt && !end(now, reply)) {
      now = state.get();
    }
  }

  /**
   * Asks for another turn for a message that was turned away, with nothing of it sent.
   *
   * @return whether that was done; the attempt's permit is settled then
   */
  boolean tryAgain(DeliveryAttempt attempt, Reply words) {
    DeliveryState now = state.get();
    Message message = envelope.message();
    boolean mine = now instanceof Active active && active.attempt() == attempt;
    if (!mine || now instanceof Finishing || message == null) {
      return false;
    }
    turnedAway = words;
    Duration patience = envelope.patienceAgain(message);
    return askNext(now, patience, () -> attempt.permit().requeue(patience, words.text()));
  }

  private boolean begin(Granted granted) {
    DeliveryAttempt attempt =
        new DeliveryAttempt(
            this, services, envelope.name(), granted.permit(), envelope.readyWithin());
    if (!state.compareAndSet(granted, new Connecting(attempt))) {
      return true;
    }
    attempt.start();
    return false;
  }

  /** The lookup was slower than the gate: what was granted was not the right to try these hosts. */
  private boolean askAbout(Destination known, Granted granted, Message message) {
    Duration patience = envelope.patienceAgain(message);
    site = known;
    if (askNext(granted, patience, () -> admitAsync(patience))) {
      granted.permit().close();
    }
    return true;
  }

  private boolean letGo(Granted granted) {
    if (state.compareAndSet(granted, new LetGo())) {
      granted.permit().close();
    }
    return true;
  }

  private boolean askNext(
      DeliveryState now, Duration patience, Supplier<CompletionStage<Admission>> question) {
    Asked asked = asked(patience);
    if (!state.compareAndSet(now, asked)) {
      return false;
    }
    ask(asked, question);
    return true;
  }

  private void ask(Asked asked, Supplier<CompletionStage<Admission>> question) {
    try {
      question.get().whenComplete((admission, failure) -> hear(asked, admission, failure));
    } catch (RuntimeException failure) {
      hear(asked, null, failure);
    }
  }

  private void hear(Asked asked, @Nullable Admission admission, @Nullable Throwable failure) {
    DeliveryState next = new Ended(Replies.INTERNAL_ERROR);
    if (admission instanceof Permit permit) {
      next = new Granted(permit);
    } else if (admission instanceof Refusal refusal) {
      next = new Refused(refusal);
    } else {
      log.error("{} to {}: the gate failed to answer", envelope.name(), destination, failure);
    }
    if (state.compareAndSet(asked, next)) {
      proceed();
    } else if (admission instanceof Permit permit) {
      permit.close(); // given up meanwhile
    }
  }

  private boolean end(DeliveryState now, Reply reply) {
    if (!state.compareAndSet(now, new Ended(reply))) {
      return false;
    }
    if (envelope.message() != null) {
      answerAll(reply);
    }
    return true;
  }

  private void answerAll(Reply reply) {
    places.forEach(place -> envelope.order().set(place, Replies.forRecipient(reply)));
    envelope.bell().ring();
  }

  private Asked asked(Duration patience) {
    return new Asked(services.time().nanoTime() + patience.toNanos());
  }

  private CompletionStage<Admission> admitAsync(Duration patience) {
    return envelope.admitter().admitAsync(site, envelope.attempt(), patience);
  }

  private Reply reply(Refusal refusal) {
    Optional<DestinationStatus<Destination>> status =
        RefusalReplies.tellsDepth(refusal.reason())
            ? services.gate().status(site)
            : Optional.empty();
    return new RefusalReplies(services.settings().patience())
        .reply(refusal, destination, site, status, services.time().nanoTime());
  }
}
