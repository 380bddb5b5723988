package org.mailweir.examples.relay.control;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.mailweir.admin.Spans;

/** Writes all that is known of one message: who, how long, and for each destination why not yet. */
final class MessageText {
  private final PrintWriter out;
  private final Paper paper;

  MessageText(PrintWriter out, Paper paper) {
    this.out = out;
    this.paper = paper;
  }

  /** Writes the entries of one message, at least one. */
  void write(Reports.Messages list) {
    List<Reports.Message> entries = list.messages();
    Reports.Message first = entries.get(0);
    Instant now = list.now();
    out.println("message   " + Plain.text(first.queueId()));
    out.println("from      " + sender(first));
    out.println("size      " + QueueTable.size(first.size()));
    out.println(
        "arrived   " + first.arrived() + ", " + QueueTable.ago(first.arrived(), now) + " ago");
    out.println("expires   " + first.expires() + ", in " + in(first.expires(), now));
    entries.forEach(entry -> write(entry, now));
  }

  private void write(Reports.Message entry, Instant now) {
    Reports.Row row = entry.destination();
    out.println();
    out.println(
        Plain.text(row.destination())
            + ": "
            + paper.standing(QueueTable.standing(row))
            + ", tried "
            + (entry.attempts() == 1 ? "once" : entry.attempts() + " times"));
    String next = QueueTable.nextTry(entry, now);
    out.println("  next try  " + (next.equals("now") ? "now, when it has a turn" : "in " + next));
    if (!row.why().isEmpty()) {
      out.println("  why       " + QueueTable.why(row));
      out.println("  turn      " + Plain.text(row.knob()));
    } else if (entry.due().isAfter(now)) {
      out.println("  why       it waits for its own time: flush makes it due");
    }
    for (Reports.To to : entry.recipients()) {
      out.println("  to        " + Plain.text(to.address()));
      if (!to.lastReply().isEmpty()) {
        out.println("            " + Plain.text(to.lastReply()));
      }
    }
  }

  /** Returns sender and first recipient in a few words. */
  static String fromTo(Reports.Message message) {
    List<Reports.To> recipients = message.recipients();
    String first = recipients.isEmpty() ? "nobody" : Plain.text(recipients.get(0).address());
    String more = recipients.size() > 1 ? " and " + (recipients.size() - 1) + " more" : "";
    return sender(message) + " to " + first + more;
  }

  private static String sender(Reports.Message message) {
    return message.sender().isEmpty() ? "<>" : Plain.text(message.sender());
  }

  private static String in(Instant time, Instant now) {
    return Spans.of(Duration.between(now, time));
  }
}
