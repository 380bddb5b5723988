package org.mailweir.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Limits how much is in use at once: permits in all, and shares of them that a class of work may
 * not exceed. Nothing waits here: a permit is there or it is not.
 *
 * <p><b>States.</b> The limiter is a tree. Its root is the whole; below are shares, and shares of
 * shares. Each node holds one counter. A permit of a share counts in that share and in every node
 * above it, and is {@linkplain Grant#close() returned} to all of them. The limits of shares may sum
 * up to more than the whole: a share is a ceiling, not a reservation.
 *
 * <p><b>Invariants.</b> At every moment {@code 0 <= inUse <= limit} in every node, and each node
 * counts at least the permits that are out in the nodes below it. A permit is returned once,
 * however often it is closed; returning what was not taken throws instead of making a permit.
 *
 * <p><b>Algorithm.</b> A take reads all counters up to the whole, then raises them by
 * compare-and-set if below the limit, from the narrowest node upwards; at the first full one it
 * lowers those already raised. Nothing ever exceeds a limit, not even for a moment, so there is no
 * check apart from the take (the defect of Netflix concurrency-limits #234). The price: while a
 * take that fails further up is under way it counts in the nodes below, and may push another take
 * of those out that, had it come a moment later, would have found a place. This race is benign: it
 * takes a full node above at that moment, nothing is lost, and who is refused is told to come
 * again. Takes that do not race are exact; so are all those made under one lock.
 *
 * <p><b>Complexity.</b> One compare-and-set per level, lock-free; a refusal on which nobody races
 * writes nothing. A node is 48 B, a {@link Grant} 16 B.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class ConcurrencyLimiter {
  private final Share whole;

  /**
   * Makes a limiter with nothing in use.
   *
   * @param limit most permits at once, not negative
   */
  public ConcurrencyLimiter(int limit) {
    whole = new Share("whole", limit, null);
  }

  /** Returns the most permits at once. */
  public int limit() {
    return whole.limit();
  }

  /** Returns the permits in use now, over all shares. */
  public int inUse() {
    return whole.inUse();
  }

  /** Takes a permit of the whole that counts in no share, if there is one. */
  public Optional<Grant> tryAcquire() {
    return whole.tryAcquire();
  }

  /** Makes a share of the whole. See {@link Share#share}. */
  public Share share(String name, int limit) {
    return whole.share(name, limit);
  }

  /** Returns the whole as a share. */
  Share whole() {
    return whole;
  }

  /** Returns whether a take would succeed if nobody else took meanwhile. */
  boolean hasRoom() {
    return whole.hasRoom();
  }

  /** Takes without an object to show for it; the caller must {@link #give} exactly once. */
  boolean tryTake() {
    return whole.tryTake();
  }

  /** Returns what {@link #tryTake} took. */
  void give() {
    whole.give();
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
    private final String name;
    private final int limit;
    private final @Nullable Share parent;
    private final AtomicInteger inUse = new AtomicInteger();

    private Share(String name, int limit, @Nullable Share parent) {
      if (limit < 0) {
        throw new IllegalArgumentException(
            "limit of " + name + ": " + limit + ", must not be negative");
      }
      this.name = name;
      this.limit = limit;
      this.parent = parent;
    }

    /**
     * Makes a share within this one. Each call makes one of its own, whatever the name.
     *
     * @param name for people to read
     * @param limit most permits of it at once, not negative; above the limit of this share it never
     *     binds
     */
    public Share share(String name, int limit) {
      return new Share(name, limit, this);
    }

    /** Returns the name. */
    public String name() {
      return name;
    }

    /** Returns the most permits of this share at once. */
    public int limit() {
      return limit;
    }

    /** Returns the permits of this share in use now, with those of the shares within it. */
    public int inUse() {
      return inUse.get();
    }

    /** Takes a permit that counts here and in everything above, if all have one left. */
    public Optional<Grant> tryAcquire() {
      return tryTake() ? Optional.of(new Grant(this)) : Optional.empty();
    }

    /** Returns whether a take would succeed if nobody else took meanwhile. */
    boolean hasRoom() {
      for (Share node = this; node != null; node = node.parent) {
        if (node.inUse.get() >= node.limit) {
          return false;
        }
      }
      return true;
    }

    /** Takes without an object to show for it; the caller must {@link #give} exactly once. */
    boolean tryTake() {
      if (!hasRoom()) { // racy, but the race is benign: raise() checks again
        return false;
      }
      for (Share node = this; node != null; node = node.parent) {
        if (!node.raise()) {
          for (Share raised = this; raised != node && raised != null; raised = raised.parent) {
            raised.lower();
          }
          return false;
        }
      }
      return true;
    }

    /**
     * Returns what {@link #tryTake} took.
     *
     * @throws IllegalStateException if nothing is taken: the permit would be made from nothing
     */
    void give() {
      for (Share node = this; node != null; node = node.parent) {
        node.lower();
      }
    }

    private boolean raise() {
      int seen = inUse.get();
      while (seen < limit) {
        int witness = inUse.compareAndExchange(seen, seen + 1);
        if (witness == seen) {
          return true;
        }
        seen = witness;
      }
      return false;
    }

    private void lower() {
      int seen = inUse.get();
      while (seen > 0) {
        int witness = inUse.compareAndExchange(seen, seen - 1);
        if (witness == seen) {
          return;
        }
        seen = witness;
      }
      throw new IllegalStateException("returned to " + name + " more than was taken");
    }

    @Override
    public String toString() {
      return name + " " + inUse() + "/" + limit;
    }
  }

  /**
   * One permit in use, until it is closed.
   *
   * <p>Thread safety: all methods may be called by any thread.
   */
  public static final class Grant implements AutoCloseable {
    private static final VarHandle HELD;

    static {
      try {
        HELD = MethodHandles.lookup().findVarHandle(Grant.class, "held", Share.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    /** The share to return to; null once returned. */
    @SuppressWarnings("unused") // by HELD
    private volatile @Nullable Share held;

    private Grant(Share share) {
      held = share;
    }

    /** Returns the permit. Only the first call does; later ones change nothing. */
    @Override
    public void close() {
      Share share = (Share) HELD.getAndSet(this, null);
      if (share != null) {
        share.give();
      }
    }
  }
}
