package org.mailweir.examples.relay.control;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.mailweir.admin.Spans;

/** What the commands do: ask the relay, and write its answer. */
final class Actions {
  private static final int WORTH_TELLING = 200;

  private final PrintWriter out;
  private final Paper paper;
  private final Predicate<String> confirmation;

  Actions(PrintWriter out, Paper paper, Predicate<String> confirmation) {
    this.out = out;
    this.paper = paper;
    this.confirmation = confirmation;
  }

  /** The relay that is talked to, and whether the answer is to be its JSON. */
  record Target(ControlClient relay, boolean json) {}

  void list(Target target, int rows) throws ControlException {
    String answer = target.relay().read("/queue?n=" + rows);
    if (!isJson(target, answer)) {
      new QueueTable(out, paper).write(ControlClient.parse(answer, Reports.Queue.class));
    }
  }

  void messages(Target target, String destination, int rows) throws ControlException {
    String query = "destination=" + ControlClient.encoded(destination) + "&n=" + rows;
    String answer = target.relay().read("/queue/messages?" + query);
    if (isJson(target, answer)) {
      return;
    }
    Reports.Messages messages = ControlClient.parse(answer, Reports.Messages.class);
    if (messages.messages().isEmpty()) {
      throw ControlException.failed("no mail for " + Plain.text(destination));
    }
    QueueTable table = new QueueTable(out, paper);
    table.write(messages);
    int depth = messages.messages().get(0).destination().depth();
    if (depth > messages.messages().size()) {
      out.println("the oldest " + messages.messages().size() + " of " + depth);
    }
  }

  void show(Target target, String id) throws ControlException {
    String answer = target.relay().read("/queue/messages?n=1000&id=" + ControlClient.encoded(id));
    Reports.Messages messages = ControlClient.parse(answer, Reports.Messages.class);
    if (messages.messages().isEmpty()) {
      throw ControlException.failed("no message " + Plain.text(id) + " in the queue");
    }
    if (!isJson(target, answer)) {
      new MessageText(out, paper).write(messages);
    }
  }

  void flush(Target target, @Nullable String destination) throws ControlException {
    String answer =
        target.relay().change("/queue/flush", new Reports.Order(destination, null, null));
    if (!isJson(target, answer)) {
      Reports.Flushed flushed = ControlClient.parse(answer, Reports.Flushed.class);
      String what =
          destination == null
              ? " for " + flushed.destinations() + " destinations"
              : " for " + Plain.text(destination);
      out.println(
          flushed.entries() == 0 ? "No mail" + what + "." : FlushEstimate.words(flushed, what));
    }
  }

  void suspend(Target target, String destination, @Nullable Duration time, String reason)
      throws ControlException {
    Long seconds = time == null ? null : time.toSeconds();
    String answer =
        target.relay().change("/queue/suspend", new Reports.Order(destination, seconds, reason));
    if (!isJson(target, answer)) {
      out.println(
          "Suspended "
              + Plain.text(destination)
              + (seconds == null
                  ? " until it is resumed, 365 days at most."
                  : " for " + Spans.of(Duration.ofSeconds(seconds)) + "."));
    }
  }

  void resume(Target target, String destination) throws ControlException {
    String answer =
        target.relay().change("/queue/resume", new Reports.Order(destination, null, null));
    if (!isJson(target, answer)) {
      boolean changed = ControlClient.parse(answer, Reports.Changed.class).changed();
      out.println(
          changed
              ? "Resumed " + Plain.text(destination) + "."
              : Plain.text(destination) + " was not suspended by hand.");
    }
  }

  /** Gives mail up, or deletes it, in steps; returns whether there was any. */
  boolean withdraw(Target target, String what, boolean sure, boolean tell) throws ControlException {
    String name = Plain.text(what);
    String question =
        tell
            ? "Give up the mail of " + name + " now, and tell its senders?"
            : "Delete the mail of " + name + ", and tell nobody?";
    if (!sure && !confirmation.test(question)) {
      throw ControlException.usage("nothing done: say yes, or give --yes");
    }
    String path = tell ? "/queue/expire" : "/queue/remove";
    Reports.Order order = new Reports.Order(what, null, null);
    Reports.Withdrawn first = step(target, path, order);
    Reports.Withdrawn last = first;
    int done = first.done();
    while (last.done() > 0) {
      progress(done, target);
      last = step(target, path, order);
      done += last.done();
    }
    Reports.Withdrawn all = new Reports.Withdrawn(first.what(), done, last.underWay());
    if (isJson(target, Reports.JSON.toJson(all))) {
      return done > 0;
    }
    if (done == 0 && all.underWay() == 0) {
      throw ControlException.failed(
          name + " is neither a message in the queue nor a destination with mail");
    }
    out.println((tell ? "Given up: " : "Deleted: ") + done + (done == 1 ? " entry." : " entries."));
    if (all.underWay() > 0) {
      out.println(all.underWay() + " left alone: being delivered at this moment.");
    }
    return done > 0;
  }

  private static Reports.Withdrawn step(Target target, String path, Reports.Order order)
      throws ControlException {
    return ControlClient.parse(target.relay().change(path, order), Reports.Withdrawn.class);
  }

  private void progress(int done, Target target) {
    if (paper.isTerminal() && !target.json() && done >= WORTH_TELLING) {
      out.print(done + " ...\r");
      out.flush();
    }
  }

  private boolean isJson(Target target, String answer) {
    if (target.json()) {
      out.println(Plain.json(answer.strip()));
    }
    return target.json();
  }
}
