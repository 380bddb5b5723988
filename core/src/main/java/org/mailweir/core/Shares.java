package org.mailweir.core;

import org.jspecify.annotations.Nullable;

/**
 * The policy's shares of the M clients, as {@link Quota}s: a {@link ConcurrencyLimiter}'s counters
 * under the gate's lock, so that what has room can be taken.
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
  final Quota clients;
  final Quota longer;
  final Quota longerRetried;
  final Quota waiting;
  final Quota inFlight;
  final Quota failing;
  final Quota unproven;
  final Quota unprovenRetried;
  final Quota detached;
  final Quota probes;
  final Quota probesPlanned;
  final int slow;
  final int connectingBriefly;
  final int perDestinationWindow;

  Shares(int clients, int inFlight, int detached, int probes) {
    int reserve = Math.max(1, part(clients, 0.1));
    this.clients = new Quota("clients", clients);
    this.longer = this.clients.part("longer", clients - reserve);
    this.longerRetried = this.longer.part("longer, retried", part(clients, 0.7));
    this.waiting = new Quota("waiting", part(clients, 0.5));
    this.inFlight = new Quota("in flight", inFlight);
    this.failing = new Quota("failing", part(clients, 0.1));
    this.unproven = new Quota("unproven", part(clients, 0.4));
    this.unprovenRetried = this.unproven.part("unproven, retried", part(clients, 0.2));
    this.detached = new Quota("detached", detached);
    this.probes = new Quota("probes", (int) Math.min(probes + 1L, Integer.MAX_VALUE));
    this.probesPlanned = this.probes.part("planned", probes);
    this.slow = part(clients, 0.5);
    this.connectingBriefly = part(clients, 0.2);
    this.perDestinationWindow = part(clients, 0.8);
  }

  /** Returns the clients that could still be held for longer, beyond the reserve. */
  int freeClients() {
    return longer.limit() - clients.inUse();
  }

  private static int part(int clients, double share) {
    return Math.max(1, (int) (clients * share));
  }

  /** In which part of the clients an admission holds its client. */
  enum Client {
    BRIEF,
    LONGER,
    LONGER_RETRIED;

    static Client of(Attempt attempt, boolean brief) {
      return brief ? BRIEF : attempt == Attempt.RETRIED ? LONGER_RETRIED : LONGER;
    }
  }

  Quota of(Client client) {
    return switch (client) {
      case BRIEF -> clients;
      case LONGER -> longer;
      case LONGER_RETRIED -> longerRetried;
    };
  }

  /** Which share of the pairs an admission holds. */
  enum Kind {
    NONE,
    FAILING,
    UNPROVEN,
    UNPROVEN_RETRIED
  }

  private @Nullable Quota of(Kind kind) {
    return switch (kind) {
      case NONE -> null;
      case FAILING -> failing;
      case UNPROVEN -> unproven;
      case UNPROVEN_RETRIED -> unprovenRetried;
    };
  }

  boolean hasRoom(Kind kind) {
    Quota share = of(kind);
    return share == null || share.hasRoom();
  }

  void take(Kind kind) {
    Quota share = of(kind);
    if (share != null) {
      share.take();
    }
  }

  void give(Kind kind) {
    Quota share = of(kind);
    if (share != null) {
      share.give();
    }
  }
}
