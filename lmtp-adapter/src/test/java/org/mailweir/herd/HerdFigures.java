package org.mailweir.herd;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.mailweir.loopback.Arrival;
import org.mailweir.loopback.LmtpOutcome;
import org.mailweir.loopback.LmtpOutcome.RecipientReply;
import org.mailweir.loopback.Waits;
import org.mailweir.program.TransportProcess;

/**
 * What a run with a herd has come to. The wait of a message is the time from its submission to its
 * MAIL at the mail host; one that did not get there has waited for ever.
 *
 * <p>Thread safety: none.
 */
final class HerdFigures {
  private final Map<String, Waits> waits = new HashMap<>();
  private final Map<String, Long> missing = new HashMap<>();
  private final Waits held = new Waits();
  private final List<Double> heapMegabytes = new ArrayList<>();
  private Map<String, Double> metrics = Map.of();
  private double mostSockets;

  /** Looks at a transport under load. */
  void sample(TransportProcess transport, boolean heap) throws Exception {
    metrics = transport.metrics();
    mostSockets = Math.max(mostSockets, metrics.get("mailweir_smtp_connections_open"));
    if (heap) {
      heapMegabytes.add(transport.heapUsedAfterGc() / 1e6);
    }
  }

  /**
   * Takes stock at the end.
   *
   * @param prefix of domains that are alive, by which their waits are told apart
   */
  void count(List<LmtpOutcome> outcomes, Map<String, List<Arrival>> arrivals, String... prefixes) {
    Map<String, Long> queued = new HashMap<>();
    for (LmtpOutcome outcome : outcomes) {
      for (RecipientReply reply : outcome.recipients()) {
        List<Arrival> arrived = arrivals.getOrDefault(reply.recipient(), List.of());
        boolean delivered = reply.delivered() && !arrived.isEmpty();
        held.add(
            (delivered ? arrived.get(0).mailNanos() : outcome.doneNanos()) - outcome.takenNanos());
        queued.putIfAbsent(reply.recipient(), outcome.queuedNanos());
      }
    }
    for (String prefix : prefixes) {
      Waits each = waits.computeIfAbsent(prefix, name -> new Waits());
      queued.forEach(
          (recipient, since) -> {
            if (recipient.contains("@" + prefix)) {
              List<Arrival> arrived = arrivals.getOrDefault(recipient, List.of());
              if (arrived.isEmpty()) {
                missing.merge(prefix, 1L, Long::sum);
              }
              each.add(arrived.isEmpty() ? Long.MAX_VALUE : arrived.get(0).mailNanos() - since);
            }
          });
    }
  }

  /** Returns the waits of mail to domains with this prefix. */
  Waits waits(String prefix) {
    return waits.getOrDefault(prefix, new Waits());
  }

  /** Returns the longest that a client was held before its mail was on its way, in seconds. */
  double longestHeld() {
    return held.longest();
  }

  /**
   * Returns by how many megabytes the heap has grown from the first half to the second: of the
   * medians, since what was allocated between a collection and the look after it counts too.
   */
  double heapGrowth() {
    int half = heapMegabytes.size() / 2;
    return median(heapMegabytes.subList(half, heapMegabytes.size()))
        - median(heapMegabytes.subList(0, half));
  }

  /** Returns the same from the third quarter to the last, when each domain has been tried. */
  double heapGrowthAtLast() {
    return quarter(4) - quarter(3);
  }

  /** Returns by how many megabytes it has grown in all: what is kept of the domains, mostly. */
  double heapLearned() {
    return quarter(4) - heapMegabytes.stream().findFirst().orElse(0.0);
  }

  private double quarter(int number) {
    int size = heapMegabytes.size();
    return median(heapMegabytes.subList(size * (number - 1) / 4, size * number / 4));
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElse(0.0);
  }

  @Override
  public String toString() {
    String refused =
        metrics.entrySet().stream()
            .filter(each -> each.getKey().startsWith("mailweir_refus") && each.getValue() > 0)
            .map(
                each ->
                    each.getKey().replaceAll(".*\"(.*)\".*", "$1")
                        + " "
                        + each.getValue().longValue())
            .collect(Collectors.joining(", "));
    String perDomain =
        waits.entrySet().stream()
            .map(each -> each.getKey() + ": " + each.getValue() + missing(each.getKey()))
            .sorted()
            .collect(Collectors.joining("; "));
    return String.format(
        Locale.ROOT,
        "%s; held before ready: p99 %.3fs max %.3fs; refused: %s; most sockets %.0f; heap MB after"
            + " GC %s, grown by %.1f in all, by %.1f in the second half and by %.1f in the last quarter",
        perDomain,
        held.percentile(99),
        held.longest(),
        refused,
        mostSockets,
        heapMegabytes.stream().map(each -> String.format(Locale.ROOT, "%.1f", each)).toList(),
        heapLearned(),
        heapGrowth(),
        heapGrowthAtLast());
  }

  private String missing(String prefix) {
    return missing.containsKey(prefix) ? " (" + missing.get(prefix) + " never delivered)" : "";
  }
}
