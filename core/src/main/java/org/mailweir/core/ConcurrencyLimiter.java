package org.mailweir.core;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Limits how much is in use at once: permits in all, and shares of them that a class of work may
 * not exceed. A permit is taken at once, or waited for by a blocked thread or a future. Used by
 * itself:
 *
 * <pre>{@code
 * ConcurrencyLimiter connections = new ConcurrencyLimiter(100);
 * ConcurrencyLimiter.Share retried = connections.share("retried mail", 70);
 *
 * try (Grant grant = retried.tryAcquire().orElse(null)) { // at once, or not at all
 *   reply(grant == null ? "451 4.3.2 too busy" : deliver(message));
 * }
 * try (Grant grant = retried.acquire(Duration.ofSeconds(5)).orElse(null)) { // blocks
 *   reply(grant == null ? "451 4.3.2 too busy" : deliver(message));
 * }
 * connections.acquireAsync() // blocks nobody
 *     .completeOnTimeout(Optional.empty(), 5, TimeUnit.SECONDS)
 *     .thenAccept(granted -> granted.ifPresentOrElse(this::deliverThenClose, this::refuse));
 * }</pre>
 *
 * <p><b>States.</b> The limiter is a tree. Its root is the whole; below are shares, and shares of
 * shares. Each node holds one counter. A permit of a share counts in that share and in every node
 * above it, and is {@linkplain Grant#close() returned} to all of them. The limits of shares may sum
 * up to more than the whole: a share is a ceiling, not a reservation. Shares are for a handful of
 * classes of work, and live as long as the limiter; for destinations there are {@link
 * DestinationDepths}.
 *
 * <p><b>Invariants.</b> At every moment {@code 0 <= inUse <= limit} in every node, and each node
 * counts the permits that are out in it and in the nodes below it, and nothing else. A permit is
 * returned once, however often it is closed; returning what was not taken throws instead of making
 * a permit. Nobody waits who could have a permit.
 *
 * <p><b>Algorithm.</b> The counters are {@link Quota}s. One lock guards the whole tree, so a permit
 * is taken in all nodes or in none: there is no check apart from the take, and no moment at which a
 * take that is going to fail counts somewhere (the defect of Netflix concurrency-limits #234, where
 * a partition and the global limit are read one after the other). Counters raised by
 * compare-and-set, each by itself, would be atomic one by one only. Waiting is the {@link
 * PermitLine}'s.
 *
 * <p><b>Complexity.</b> O(depth of the share); with waiters, also O(shares that are waited for). A
 * refusal allocates nothing, a {@link Grant} is 16 B.
 *
 * <p>Thread safety: all methods may be called by any thread. What happened before a permit was
 * closed happens before its next holder takes it.
 */
public final class ConcurrencyLimiter implements AutoCloseable {
  /** Bounds the line by default: 10,000 that wait are about 2 MB. */
  private static final int MAX_WAITING = 10_000;

  final PermitLine line;
  private final Share whole;

  /**
   * Makes a limiter with nothing in use, for which at most 10,000 may wait.
   *
   * @param limit most permits at once, not negative
   * @throws IllegalArgumentException if it is negative
   */
  public ConcurrencyLimiter(int limit) {
    this(limit, MAX_WAITING);
  }

  /**
   * Makes a limiter with nothing in use.
   *
   * @param limit most permits at once, not negative
   * @param maxWaiting most that may wait at once, over all shares; not negative
   * @throws IllegalArgumentException if an argument is negative
   */
  public ConcurrencyLimiter(int limit, int maxWaiting) {
    line = new PermitLine(maxWaiting);
    whole = new Share(new Quota("whole", notNegative("whole", limit)), line);
  }

  /** {@return the most permits at once} */
  public int limit() {
    return whole.limit();
  }

  /** {@return the permits in use now, over all shares} */
  public int inUse() {
    return whole.inUse();
  }

  /** {@return how many wait now, over all shares} */
  public int waiting() {
    return line.waiting();
  }

  /**
   * Takes a permit of the whole that counts in no share. See {@link Share#tryAcquire}.
   *
   * @return the permit, if one was left
   */
  public Optional<Grant> tryAcquire() {
    return whole.tryAcquire();
  }

  /**
   * Waits for a permit of the whole that counts in no share. See {@link Share#acquire}.
   *
   * @param patience longest wait, not negative
   * @return the permit, or empty if there is none in time
   * @throws InterruptedException if interrupted before or while it waits; it holds no permit then
   * @throws IllegalArgumentException if the patience is negative
   */
  public Optional<Grant> acquire(Duration patience) throws InterruptedException {
    return whole.acquire(patience);
  }

  /**
   * Waits for a permit of the whole that counts in no share. See {@link Share#acquireAsync}.
   *
   * @return the permit to come, or empty
   */
  public CompletableFuture<Optional<Grant>> acquireAsync() {
    return whole.acquireAsync();
  }

  /**
   * Makes a share of the whole. See {@link Share#share}.
   *
   * @param name for people to read
   * @param limit most permits of it at once, not negative
   * @return the share, of which none is in use
   * @throws IllegalArgumentException if the limit is negative
   */
  public Share share(String name, int limit) {
    return whole.share(name, limit);
  }

  /**
   * Answers all that wait, and all that come later, with no permit. Permits that are out stay valid
   * and are returned as usual. Closing again changes nothing.
   */
  @Override
  public void close() {
    line.close();
  }

  private static int notNegative(String name, int limit) {
    if (limit < 0) {
      throw new IllegalArgumentException(
          "limit of " + name + ": " + limit + ", must not be negative");
    }
    return limit;
  }

  @Override
  public String toString() {
    return whole.toString();
  }

  /**
   * A part of the limiter that a class of work may not exceed.
   *
   * <p>Thread safety: all methods may be called by any thread.
   */
  public static final class Share {
    private final Quota quota; // guarded by the line's lock
    private final PermitLine line;

    private Share(Quota quota, PermitLine line) {
      this.quota = quota;
      this.line = line;
    }

    /**
     * Makes a share within this one. Each call makes one of its own, whatever the name.
     *
     * @param name for people to read
     * @param limit most permits of it at once, not negative; above the limit of this share it never
     *     binds
     * @return the share, of which none is in use
     * @throws IllegalArgumentException if the limit is negative
     */
    public Share share(String name, int limit) {
      requireNonNull(name);
      return new Share(quota.part(name, notNegative(name, limit)), line);
    }

    /** {@return the name} */
    public String name() {
      return quota.name();
    }

    /** {@return the most permits of this share at once} */
    public int limit() {
      return quota.limit();
    }

    /** {@return the permits of this share in use now, with those of the shares within it} */
    public int inUse() {
      return line.inUse(quota);
    }

    /**
     * Takes a permit that counts here and in everything above, if all have one left. Never takes
     * one that somebody waits for.
     *
     * @return the permit, if one was left
     */
    public Optional<Grant> tryAcquire() {
      return line.tryAcquire(this);
    }

    /**
     * Takes a permit that counts here and in everything above, and waits for it if need be. Who
     * waits is served in the order of coming; one that waits for a full share holds up nobody who
     * asks for another.
     *
     * @param patience longest wait, not negative; more than a day counts as that
     * @return the permit; empty if the patience is over, if too many wait already, or if the
     *     limiter is closed
     * @throws InterruptedException if interrupted before or while it waits; it holds no permit then
     * @throws IllegalArgumentException if the patience is negative
     */
    public Optional<Grant> acquire(Duration patience) throws InterruptedException {
      return line.acquire(this, patience);
    }

    /**
     * Takes a permit like {@link #acquire}, but blocks nobody: the future completes with the
     * permit, or empty at once if too many wait already, or when the limiter is closed.
     *
     * <p>Patience is the caller's: {@code completeOnTimeout(Optional.empty(), ...)}, {@code
     * orTimeout} or {@code cancel} on this very future end the wait, and a permit that comes too
     * late goes to the next in line. (Cancelling a stage that depends on it would drop the permit.)
     *
     * <p>What depends on the future runs on the thread that returned the permit, outside every
     * lock, one at a time: it must not block. Give it an executor if it does.
     *
     * @return the permit to come, or empty
     */
    public CompletableFuture<Optional<Grant>> acquireAsync() {
      return line.acquireAsync(this);
    }

    /** Returns the counter, for the line. */
    Quota quota() {
      return quota;
    }

    @Override
    public String toString() {
      return name() + " " + inUse() + "/" + limit();
    }
  }

  /**
   * One permit in use, until it is closed.
   *
   * <p>Thread safety: all methods may be called by any thread.
   */
  public static final class Grant implements AutoCloseable {
    /** The share to return to; null once returned. Written under the line's lock. */
    private @Nullable Share held;

    Grant(Share share) {
      held = share;
    }

    /** Returns the permit. Only the first call does; later ones change nothing. */
    @Override
    public void close() {
      Share share = held; // racy, but the race is benign: the line looks again
      if (share != null) {
        share.line.release(this);
      }
    }

    @Override
    public String toString() {
      Share share = held; // racy, but the race is benign: it is for people to read
      return share == null ? "returned permit" : "permit of " + share.name();
    }

    /** Returns the share that the permit has to go back to, the first time. Under the lock. */
    @Nullable Share surrender() {
      Share share = held;
      held = null;
      return share;
    }
  }
}
