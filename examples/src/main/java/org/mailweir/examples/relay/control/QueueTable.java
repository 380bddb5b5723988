package org.mailweir.examples.relay.control;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.mailweir.admin.Spans;

/**
 * Writes the queue as a person reads it: one line a destination, and below it what holds its mail
 * back; in a pipe all on one line, nothing cut.
 */
final class QueueTable {
  private static final int FIXED = 44;
  private static final int LONGEST_NAME = 60;

  private final PrintWriter out;
  private final Paper paper;

  QueueTable(PrintWriter out, Paper paper) {
    this.out = out;
    this.paper = paper;
  }

  /** Writes the destinations, then the totals. */
  void write(Reports.Queue queue) {
    int longest = queue.rows().stream().mapToInt(row -> row.destination().length()).max().orElse(0);
    int name = Math.max(11, Math.min(longest, LONGEST_NAME));
    if (paper.isTerminal()) {
      name = Math.min(name, paper.width() - FIXED);
    }
    if (!queue.rows().isEmpty()) {
      String head = line(name, "DESTINATION", "DEPTH", "OLDEST", "STANDING  ", "NEXT TRY");
      out.println(head.stripTrailing());
    }
    for (Reports.Row row : queue.rows()) {
      write(row, queue.now(), name);
    }
    if (queue.outage()) {
      out.println("Our own network seems to be down: nothing is held against destinations.");
    }
    out.println(
        String.format(
            Locale.ROOT,
            "%,d messages for %,d %s, %,d of them due%s",
            queue.entries(),
            queue.destinations(),
            queue.destinations() == 1 ? "destination" : "destinations",
            queue.due(),
            queue.rows().size() < queue.destinations()
                ? String.format(Locale.ROOT, "; the deepest %,d are shown", queue.rows().size())
                : ""));
  }

  private void write(Reports.Row row, Instant now, int name) {
    String line =
        line(
            name,
            Plain.text(row.destination()),
            String.format(Locale.ROOT, "%,d", row.depth()),
            ago(row.oldest(), now),
            paper.standing(String.format(Locale.ROOT, "%-10s", standing(row))),
            nextTry(row, now));
    String why = why(row);
    if (!paper.isTerminal()) {
      out.println(why.isEmpty() ? line.stripTrailing() : line + "  " + why);
      return;
    }
    out.println(line.stripTrailing());
    if (!why.isEmpty()) {
      out.println(paper.faint("  " + Paper.fitted(why, paper.width() - 2)));
    }
  }

  private String line(
      int name, String destination, String depth, String age, String standing, String next) {
    String first = paper.isTerminal() ? Paper.fitted(destination, name) : destination;
    return String.format(
        Locale.ROOT, "%-" + name + "s %9s %10s  %s %-9s", first, depth, age, standing, next);
  }

  /** Returns the standing, or that it is suspended by hand. */
  static String standing(Reports.Row row) {
    return row.byHandUntil() == null ? row.standing() : "by hand";
  }

  /** Returns what holds a destination's mail back, or empty if nothing does. */
  static String why(Reports.Row row) {
    String shared = row.site() == null ? "" : "(same hosts as " + Plain.text(row.site()) + ") ";
    if (!row.why().isEmpty()) {
      return shared + Plain.text(row.why());
    }
    return row.cause().isEmpty() ? "" : shared + "last: " + Plain.text(row.cause());
  }

  static String ago(@Nullable Instant time, Instant now) {
    return time == null ? "" : Spans.of(Duration.between(time, now));
  }

  private static String nextTry(Reports.Row row, Instant now) {
    if (row.nextTry() != null) {
      return Spans.of(Duration.between(now, row.nextTry()));
    }
    return row.why().isEmpty() ? "" : "?";
  }

  /** Writes entries, one a line. */
  void write(Reports.Messages list) {
    List<Reports.Message> messages = list.messages();
    out.println(
        String.format(
            Locale.ROOT,
            "%-18s %8s %10s %5s %9s  %s",
            "QUEUE ID",
            "SIZE",
            "AGE",
            "TRIES",
            "NEXT TRY",
            "FROM, TO"));
    for (Reports.Message message : messages) {
      String line =
          String.format(
              Locale.ROOT,
              "%-18s %8s %10s %5d %9s  %s",
              Plain.text(message.queueId()),
              size(message.size()),
              ago(message.arrived(), list.now()),
              message.attempts(),
              nextTry(message, list.now()),
              MessageText.fromTo(message));
      out.println(Paper.fitted(line, paper.width()));
    }
  }

  /** Returns when a message is tried next: in how long, or {@code now}. */
  static String nextTry(Reports.Message message, Instant now) {
    Instant due = message.due();
    Instant open = message.destination().nextTry();
    // Mail of a suspended destination waits for its probe, whatever time of its own it had.
    boolean waitsForProbe = message.destination().standing().equals("suspended");
    Instant next = open != null && (waitsForProbe || open.isAfter(due)) ? open : due;
    return next.isAfter(now) ? Spans.of(Duration.between(now, next)) : "now";
  }

  /** Returns a size in bytes, KB or MB. */
  static String size(long bytes) {
    if (bytes < 10_000) {
      return bytes + " B";
    }
    return bytes < 10_000_000 ? bytes / 1000 + " KB" : bytes / 1_000_000 + " MB";
  }
}
