package org.mailweir.core;

import java.util.Map;
import java.util.Optional;
import org.mailweir.core.Refusal.Reason;

/**
 * The gate as a whole at one moment. The totals ({@code admitted}, {@code settled}, {@code
 * refused}, {@code detachedTotal}, {@code requeued}, {@code probes}, {@code transitions}, {@code
 * evicted}) never go backwards. Of a gate's maps, those of counts have each standing, outcome or
 * reason as a key, also where the count is 0.
 *
 * @param clientsHeld transactions that hold a client
 * @param clientsWaiting those of them with an admission that waits
 * @param inFlight deliveries under way with a client; at most {@link GateBuilder#maxInFlight}
 * @param waiting admissions that wait
 * @param detached attempts under way without a client; at most {@link GateBuilder#maxDetached}
 * @param probing probes under way
 * @param probesDue destinations whose probe is due and was not handed out: it waits for the budget,
 *     or for {@link DestinationGate#pollProbe}
 * @param unproven admissions held by unproven destinations
 * @param failing admissions held by failing destinations
 * @param slow deliveries in flight to destinations that take more than 30 s
 * @param bytesInFlight sizes of the messages of deliveries under way with a client, where known
 * @param oldestInFlight when the oldest of those deliveries began, if there is any: a reading of
 *     the gate's {@link TimeSource}
 * @param destinations destinations in the table
 * @param byStanding how many of them have which standing
 * @param suspendedByHand how many of them are suspended by hand, whatever their standing
 * @param limits how much of each of the gate's own limits is in use; {@code BYTES} only if that is
 *     limited in all
 * @param outage whether a local outage is assumed
 * @param admitted permits handed out in all
 * @param settled permits settled in all, by outcome; requeued ones count as {@code PUSHED_BACK}
 * @param refused refusals in all, by reason
 * @param detachedTotal permits detached in all
 * @param requeued permits requeued in all
 * @param probes probes handed out in all
 * @param transitions changes of standing in all
 * @param evicted destinations that left the table to make room
 */
public record GateStats(
    int clientsHeld,
    int clientsWaiting,
    int inFlight,
    int waiting,
    int detached,
    int probing,
    int probesDue,
    int unproven,
    int failing,
    int slow,
    long bytesInFlight,
    Optional<Long> oldestInFlight,
    int destinations,
    Map<Standing, Integer> byStanding,
    int suspendedByHand,
    Map<Limit, Use> limits,
    boolean outage,
    long admitted,
    Map<Outcome, Long> settled,
    Map<Refusal.Reason, Long> refused,
    long detachedTotal,
    long requeued,
    long probes,
    long transitions,
    long evicted) {
  /**
   * Copies the maps.
   *
   * @param clientsHeld see {@link #clientsHeld}
   * @param clientsWaiting see {@link #clientsWaiting}
   * @param inFlight see {@link #inFlight}
   * @param waiting see {@link #waiting}
   * @param detached see {@link #detached}
   * @param probing see {@link #probing}
   * @param probesDue see {@link #probesDue}
   * @param unproven see {@link #unproven}
   * @param failing see {@link #failing}
   * @param slow see {@link #slow}
   * @param bytesInFlight see {@link #bytesInFlight}
   * @param oldestInFlight see {@link #oldestInFlight}
   * @param destinations see {@link #destinations}
   * @param byStanding see {@link #byStanding}
   * @param suspendedByHand see {@link #suspendedByHand}
   * @param limits see {@link #limits}
   * @param outage see {@link #outage}
   * @param admitted see {@link #admitted}
   * @param settled see {@link #settled}
   * @param refused see {@link #refused}
   * @param detachedTotal see {@link #detachedTotal}
   * @param requeued see {@link #requeued}
   * @param probes see {@link #probes}
   * @param transitions see {@link #transitions}
   * @param evicted see {@link #evicted}
   */
  public GateStats {
    byStanding = Map.copyOf(byStanding);
    limits = Map.copyOf(limits);
    settled = Map.copyOf(settled);
    refused = Map.copyOf(refused);
  }

  /** A limit on what all destinations share. */
  public enum Limit {
    /** Clients held, by all mail; {@link GateBuilder#clients}. */
    CLIENTS(Reason.CLIENTS),

    /** Those of them that may be held for longer than a moment. */
    CLIENTS_LONGER(Reason.CLIENTS),

    /** Those of these with retried mail. */
    CLIENTS_RETRIED(Reason.CLIENTS),

    /** Clients with an admission that waits. */
    WAITING(Reason.WAITING_SHARE),

    /** Admissions of failing destinations. */
    FAILING(Reason.FAILING_SHARE),

    /** Admissions of unproven destinations. */
    UNPROVEN(Reason.UNPROVEN_SHARE),

    /** Those of them for retried mail, and for mail like it. */
    UNPROVEN_RETRIED(Reason.UNPROVEN_SHARE),

    /** Deliveries to destinations that take more than 30 s. */
    SLOW(Reason.SLOW_SHARE),

    /** Deliveries under way with a client; {@link GateBuilder#maxInFlight}. */
    IN_FLIGHT(Reason.LONG_WAIT),

    /** Destinations in the table; {@link GateBuilder#maxDestinations}. */
    DESTINATIONS(Reason.TABLE_FULL),

    /** Bytes in flight; {@link GateBuilder#maxBytes}. */
    BYTES(Reason.BYTES);

    private final Reason reason;

    Limit(Reason reason) {
      this.reason = reason;
    }

    /** {@return the reason with which mail is refused that has no room in it} */
    public Reason reason() {
      return reason;
    }
  }

  /**
   * How much of a limit is in use.
   *
   * @param inUse clients, admissions, deliveries, destinations or bytes
   * @param limit above which nothing more is taken, but for a single message with more bytes
   */
  public record Use(long inUse, long limit) {}
}
