package org.mailweir.core;

import java.util.Map;
import java.util.Optional;

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
 * @param limits how much of the gate's own limits is in use, by the reason with which each refuses;
 *     {@code BYTES} only if that is limited in all. Retried mail is refused before {@code CLIENTS}
 *     and {@code UNPROVEN_SHARE} are used up: see {@link Refusal.Reason}
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
    Map<Refusal.Reason, Use> limits,
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

  /**
   * How much of a limit is in use.
   *
   * @param inUse clients, admissions, deliveries, destinations or bytes
   * @param limit above which nothing more is taken; of {@code CLIENTS}, but for what is expected to
   *     be over in a moment
   */
  public record Use(long inUse, long limit) {}
}
