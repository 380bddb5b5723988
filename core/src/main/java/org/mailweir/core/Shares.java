package org.mailweir.core;

/**
 * The policy's shares of the M clients, as {@link ConcurrencyLimiter}s. Only the gate takes from
 * them, under its lock, so that what has room can be taken.
 *
 * <pre>
 * clients M            transactions that hold a client
 *   longer 0.9 M       those that may hold it for longer than a moment; the rest stays free to refuse
 *     retried 0.7 M    those of them with retried mail; the rest stays free for fresh mail
 * waiting 0.5 M        those of them with an admission that waits, outage included
 * in flight            deliveries with a client, over all transactions
 * failing 0.1 M        admissions of suspect destinations
 * unproven 0.4 M       admissions of unproven destinations
 *   retried 0.2 M      those of them for retried mail
 * detached             attempts without a client
 * probes               probes under way; one more than the limit, for a try of a local outage
 *   planned            those of suspended and unproven sites
 * </pre>
 */
final class Shares {
  final ConcurrencyLimiter clients;
  final ConcurrencyLimiter.Share longer;
  final ConcurrencyLimiter.Share longerRetried;
  final ConcurrencyLimiter waiting;
  final ConcurrencyLimiter inFlight;
  final ConcurrencyLimiter failing;
  final ConcurrencyLimiter unproven;
  final ConcurrencyLimiter.Share unprovenRetried;
  final ConcurrencyLimiter detached;
  final ConcurrencyLimiter probes;
  final ConcurrencyLimiter.Share probesPlanned;
  final int slow;
  final int connectingBriefly;
  final int perDestinationWindow;

  Shares(int clients, int inFlight, int detached, int probes) {
    int reserve = Math.max(1, part(clients, 0.1));
    this.clients = new ConcurrencyLimiter(clients);
    this.longer = this.clients.share("longer", clients - reserve);
    this.longerRetried = this.longer.share("retried", part(clients, 0.7));
    this.waiting = new ConcurrencyLimiter(part(clients, 0.5));
    this.inFlight = new ConcurrencyLimiter(inFlight);
    this.failing = new ConcurrencyLimiter(part(clients, 0.1));
    this.unproven = new ConcurrencyLimiter(part(clients, 0.4));
    this.unprovenRetried = this.unproven.share("retried", part(clients, 0.2));
    this.detached = new ConcurrencyLimiter(detached);
    this.probes = new ConcurrencyLimiter(probes + 1);
    this.probesPlanned = this.probes.share("planned", probes);
    this.slow = part(clients, 0.5);
    this.connectingBriefly = part(clients, 0.2);
    this.perDestinationWindow = part(clients, 0.8);
  }

  /** Returns the clients that could still be held for longer, beyond the reserve. */
  int freeClients() {
    return longer.limit() - clients.inUse();
  }

  /** Returns the part of the clients that an admission holds its client in. */
  ConcurrencyLimiter.Share clientsFor(Attempt attempt, boolean brief) {
    return brief ? clients.whole() : attempt == Attempt.RETRIED ? longerRetried : longer;
  }

  private static int part(int clients, double share) {
    return Math.max(1, (int) (clients * share));
  }

  /** Which share of the pairs an admission holds. */
  enum Kind {
    NONE,
    FAILING,
    UNPROVEN,
    UNPROVEN_RETRIED
  }

  boolean hasRoom(Kind which) {
    return switch (which) {
      case NONE -> true;
      case FAILING -> failing.hasRoom();
      case UNPROVEN -> unproven.hasRoom();
      case UNPROVEN_RETRIED -> unprovenRetried.hasRoom();
    };
  }

  boolean take(Kind which) {
    return switch (which) {
      case NONE -> true;
      case FAILING -> failing.tryTake();
      case UNPROVEN -> unproven.tryTake();
      case UNPROVEN_RETRIED -> unprovenRetried.tryTake();
    };
  }

  void give(Kind which) {
    switch (which) {
      case NONE -> {}
      case FAILING -> failing.give();
      case UNPROVEN -> unproven.give();
      case UNPROVEN_RETRIED -> unprovenRetried.give();
    }
  }
}
