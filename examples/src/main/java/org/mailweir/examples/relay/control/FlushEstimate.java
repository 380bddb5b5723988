package org.mailweir.examples.relay.control;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mailweir.admin.Spans;
import org.mailweir.core.DestinationStatus;
import org.mailweir.core.Rate;
import org.mailweir.core.Standing;
import org.mailweir.examples.relay.control.RelayControl.Depth;
import org.mailweir.message.Destination;

/**
 * Reckons how long mail takes to leave when nothing fails: its number, times the mean time of a
 * delivery to its site, over how many may be under way at once. A window below 20, or below what
 * the site took when it last pushed back, doubles in each such time until it is there. A rate that
 * is set counts where it takes longer. Sites are served side by side, at most M deliveries at once.
 */
final class FlushEstimate {
  private static final double FULL_WINDOW = 20;
  private static final double RECOVERING_WINDOW = 2;

  private int entries;
  private int destinations;
  private int probed;
  private int unknown;
  private double longest; // seconds
  private double busy; // seconds of one delivery after the other
  private final List<String> basis = new ArrayList<>();

  private FlushEstimate() {}

  /**
   * Reckons.
   *
   * @param depths the mail, by destination
   * @param sites under which name the gate knows each
   * @param known what it knows of those
   * @param clients M
   */
  static Reports.Flushed of(
      List<Depth> depths,
      Map<Destination, Destination> sites,
      Map<Destination, DestinationStatus<Destination>> known,
      long clients) {
    Map<Destination, Integer> bySite = new HashMap<>();
    depths.forEach(
        depth ->
            bySite.merge(
                sites.getOrDefault(depth.destination(), depth.destination()),
                depth.entries(),
                Integer::sum));
    FlushEstimate estimate = new FlushEstimate();
    estimate.destinations = depths.size();
    bySite.forEach((site, count) -> estimate.add(count, Optional.ofNullable(known.get(site))));
    return estimate.report(clients, bySite.size());
  }

  private void add(int count, Optional<DestinationStatus<Destination>> status) {
    entries += count;
    if (status.filter(s -> s.standing() == Standing.SUSPENDED).isPresent()) {
      probed += count;
    }
    Optional<Double> mean =
        status.map(s -> s.meanDeliveryNanos() / 1e9).filter(seconds -> seconds > 0);
    if (mean.isEmpty()) {
      unknown += count;
      return;
    }
    double window = window(status.get());
    double full = full(status.get(), window);
    double paced = status.get().rate().map(rate -> seconds(rate) * count).orElse(0.0);
    longest = Math.max(longest, Math.max(paced, seconds(count, mean.get(), window, full)));
    busy += count * mean.get();
    basis.add(Math.round(full) + " at once, " + tenths(mean.get()) + " s each");
  }

  private Reports.Flushed report(long clients, int sites) {
    boolean any = !basis.isEmpty();
    double seconds = Math.max(longest, busy / Math.max(1, clients));
    String told = basis.size() == 1 && sites == 1 ? basis.get(0) : sites + " sites side by side";
    return new Reports.Flushed(
        entries,
        destinations,
        probed,
        any ? (long) Math.ceil(seconds) : null,
        unknown,
        any ? told : "");
  }

  /** Returns the seconds for {@code count} deliveries from a window that grows until full. */
  private static double seconds(int count, double mean, double window, double full) {
    double left = count;
    double now = window;
    double seconds = 0;
    while (now < full && left > now) {
      left -= now;
      seconds += mean;
      now = Math.min(full, 2 * now);
    }
    return seconds + Math.max(1, left / now) * mean;
  }

  private static double window(DestinationStatus<Destination> status) {
    return status.standing() == Standing.SUSPENDED
        ? RECOVERING_WINDOW
        : Math.max(1, status.window());
  }

  private static double full(DestinationStatus<Destination> status, double window) {
    double reached = status.ceiling() > 0 ? status.ceiling() : FULL_WINDOW;
    return Math.max(window, reached);
  }

  private static double seconds(Rate rate) {
    return rate.per().toNanos() / 1e9 / rate.messages();
  }

  private static String tenths(double seconds) {
    return String.valueOf(Math.max(1, Math.round(seconds * 10)) / 10.0);
  }

  /** Says it in a sentence or two. */
  static String words(Reports.Flushed flushed, String what) {
    StringBuilder words = new StringBuilder();
    words.append(flushed.entries()).append(flushed.entries() == 1 ? " message" : " messages");
    words.append(what).append(flushed.entries() == 1 ? " is due now." : " are due now.");
    if (flushed.probed() > 0) {
      boolean all = flushed.probed() == flushed.entries();
      words
          .append(' ')
          .append(all ? "Probed first" : flushed.probed() + " of them are probed first");
      words.append(": they leave only if the destination answers.");
    }
    Long seconds = flushed.seconds();
    if (seconds != null) {
      words.append(flushed.probed() > 0 ? " Then about " : " About ");
      words.append(Spans.of(Duration.ofSeconds(seconds)));
      words.append(" (").append(flushed.basis()).append(").");
    }
    if (flushed.unknown() > 0) {
      words.append(' ').append(flushed.unknown()).append(flushed.unknown() == 1 ? " is" : " are");
      words.append(" for destinations whose speed is not known yet.");
    }
    return words.toString();
  }
}
