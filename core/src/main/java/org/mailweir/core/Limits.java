package org.mailweir.core;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.Refusal.Reason;

/**
 * Keeps what the embedder has set, beside what the gate has learned: rates, bytes in flight,
 * suspensions by hand. All off at first; then a site has one empty field for them.
 *
 * <p>A delivery takes its turn of the {@link Pace} and its bytes when it starts, and gives the
 * bytes back when it leaves flight. What waits holds neither. Bytes are counted in all whether
 * there is a budget or not; by site only where there is one.
 *
 * <p>Thread safety: none; the gate's lock guards it.
 */
final class Limits<D> {
  /** When to try again where bytes are short: others will have ended by then. */
  static final long BYTES_HINT = 1_000_000_000L;

  private final @Nullable Function<? super D, Optional<Rate>> rates;
  private final @Nullable ToLongFunction<? super D> byteLimits;
  private final boolean bytesLimited;
  private final DestinationTable<D, Site<D>> table;
  private final TimerWheel wheel;
  private final Callbacks callbacks;
  private final GateListener<D> listener;
  private final Consumer<Site<D>> onRoom;
  private int suspendedByHand;

  /** The bytes in flight in all. */
  final ByteBudget bytes;

  /**
   * Makes it.
   *
   * @param onRoom told of a site that may start now what it could not before
   */
  Limits(
      GateBuilder<D> builder,
      DestinationTable<D, Site<D>> table,
      TimerWheel wheel,
      Callbacks callbacks,
      Consumer<Site<D>> onRoom) {
    this.rates = builder.rate;
    this.byteLimits = builder.maxBytesPerDestination;
    this.bytes = new ByteBudget("in all", builder.maxBytes);
    this.bytesLimited = byteLimits != null || builder.maxBytes != ByteBudget.UNLIMITED;
    this.table = table;
    this.wheel = wheel;
    this.callbacks = callbacks;
    this.listener = builder.listener;
    this.onRoom = onRoom;
  }

  /** Returns the limits of a site that enters the table, or null if it has none. */
  @Nullable SiteLimits<D> of(Site<D> site) {
    Rate rate = rates == null ? null : rates.apply(site.destination).orElse(null);
    long most =
        byteLimits == null ? ByteBudget.UNLIMITED : byteLimits.applyAsLong(site.destination);
    if (most < 1) {
      throw new IllegalArgumentException(
          "bytes of " + site.destination + ": " + most + ", must be at least 1");
    }
    if (rate == null && most == ByteBudget.UNLIMITED) {
      return null;
    }
    return new SiteLimits<>(
        rate == null ? null : new Pace<>(site, rate),
        most == ByteBudget.UNLIMITED ? null : new ByteBudget("to it", most));
  }

  // -- rates

  private static <D> @Nullable Pace<D> paceOf(Site<D> site) {
    SiteLimits<D> own = site.limits;
    return own == null ? null : own.pace;
  }

  /** Returns whether the site's next message has to wait for its time. */
  boolean hold(Site<D> site) {
    Pace<D> pace = paceOf(site);
    return pace != null && pace.holds();
  }

  /** Returns whether a message behind so many others would begin within that time, by its rate. */
  boolean beginsWithin(double nanos, Site<D> site, int others, long now) {
    Pace<D> pace = paceOf(site);
    return pace == null || pace.waitBehind(others, now) <= nanos;
  }

  /** Called when the time of a pace has come. */
  void paceDue(Site<D> site, Pace<D> pace, long now) {
    Long next = pace.passed(now);
    if (next != null) {
      wheel.schedule(pace, next);
    } else {
      table.unpin(site, now);
    }
    onRoom.accept(site);
  }

  // -- bytes

  /** Returns whether bytes could be short at all. */
  boolean limitBytes() {
    return bytesLimited;
  }

  /** Returns whether a message fits into its site's budget. */
  boolean fitSite(Site<D> site, long size) {
    SiteLimits<D> own = site.limits;
    return own == null || own.bytes == null || own.bytes.fits(size);
  }

  /** Returns whether a message fits into its site's budget and that of all. */
  boolean fit(Site<D> site, long size) {
    return size == 0 || (bytes.fits(size) && fitSite(site, size));
  }

  // -- what a delivery takes

  void started(GatePermit<D> permit, long now) {
    long size = permit.bytes();
    SiteLimits<D> own = permit.site.limits;
    if (size > 0) {
      bytes.take(size);
    }
    if (own != null && own.bytes != null) {
      own.bytes.take(size);
    }
    if (own != null && own.pace != null) {
      if (!own.pace.isScheduled()) {
        table.pin(permit.site);
      }
      wheel.schedule(own.pace, own.pace.started(now));
    }
  }

  void stopped(GatePermit<D> permit) {
    long size = permit.bytes();
    if (size > 0) {
      bytes.give(size);
      SiteLimits<D> own = permit.site.limits;
      if (own != null && own.bytes != null) {
        own.bytes.give(size);
      }
    }
  }

  // -- by hand

  /** Returns the suspension by hand, if there is one. */
  @Nullable ByHand<D> byHand(Site<D> site) {
    SiteLimits<D> own = site.limits;
    return own == null ? null : own.byHand;
  }

  int suspendedByHand() {
    return suspendedByHand;
  }

  /** Suspends a site, or changes its suspension; returns what all its mail is told. */
  Refusal suspend(Site<D> site, long until, String words, long now) {
    if (site.trouble != null) {
      site.trouble.decideAnew(now);
    }
    SiteLimits<D> own = site.limits;
    if (own == null) {
      own = new SiteLimits<>(null, null);
      site.limits = own;
    }
    if (own.byHand == null) {
      table.pin(site);
      suspendedByHand++;
    } else {
      wheel.cancel(own.byHand);
    }
    ByHand<D> byHand = new ByHand<>(site, new Refusal(Reason.BY_HAND, until, words));
    own.byHand = byHand;
    wheel.schedule(byHand, until);
    callbacks.add(() -> listener.onSuspendedByHand(site.destination, until, words));
    return byHand.refusal;
  }

  /** Ends a suspension by hand; returns whether there was one. */
  boolean resume(Site<D> site, long now) {
    SiteLimits<D> own = site.limits;
    if (own == null || own.byHand == null) {
      return false;
    }
    wheel.cancel(own.byHand);
    own.byHand = null;
    if (own.pace == null && own.bytes == null) {
      site.limits = null;
    }
    suspendedByHand--;
    table.unpin(site, now);
    callbacks.add(() -> listener.onResumedByHand(site.destination));
    onRoom.accept(site);
    return true;
  }

  // -- refusals

  /** Returns what to say where one of these limits refuses. */
  Refusal refusal(Site<D> site, Reason reason, int others, long size, long now) {
    return switch (reason) {
      case RATE -> requireNonNull(paceOf(site)).refusal(others, now);
      case BY_HAND -> {
        Refusal refusal = requireNonNull(byHand(site)).refusal;
        boolean late = refusal.isOver(now); // its timer is due, and was not reached yet
        yield late ? new Refusal(reason, now, refusal.detail()) : refusal;
      }
      case BYTES -> {
        SiteLimits<D> own = site.limits;
        ByteBudget budget = own == null ? null : own.bytes;
        ByteBudget lacking = budget == null || budget.fits(size) ? bytes : budget;
        yield lacking.refusal(now + BYTES_HINT);
      }
      default -> throw new AssertionError(reason);
    };
  }
}
