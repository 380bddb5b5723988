package org.mailweir.lab.scenario;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import org.mailweir.lab.injector.Injector;
import org.mailweir.lab.mail.Kind;
import org.mailweir.lab.mail.Letter;
import org.mailweir.lab.measure.Recorder;

/** Works out the figures of a run at its end. */
final class Figures {
  private static final Set<Kind> WAITED_FOR =
      EnumSet.of(
          Kind.PROVEN, Kind.UNSEEN, Kind.BIG, Kind.SLOW, Kind.GREYLISTED, Kind.FLAKY, Kind.GROUP);

  private final Scenario scenario;
  private final Stage stage;
  private final Recorder recorder;
  private final Injector injector;
  private final double end;
  private final Map<String, Double> figures = new TreeMap<>();

  Figures(Scenario scenario, Stage stage, Recorder recorder, Injector injector, double end) {
    this.scenario = scenario;
    this.stage = stage;
    this.recorder = recorder;
    this.injector = injector;
    this.end = end;
  }

  Map<String, Double> work() {
    for (Kind kind : WAITED_FOR) {
      waits(kind);
    }
    mail();
    attempts();
    stage.over().ifPresent(this::recovery);
    watched();
    fairness();
    return figures;
  }

  private List<Letter> measured(Kind kind) {
    return recorder.letters().stream()
        .filter(letter -> letter.kind() == kind)
        .filter(letter -> scenario.measured().contains(letter.message().created()))
        .toList();
  }

  private void waits(Kind kind) {
    List<Letter> letters = measured(kind);
    if (!letters.isEmpty()) {
      new Waits(letters.stream().mapToDouble(letter -> letter.waited(end)))
          .putInto(figures, kind.key());
      put(kind.key() + ".undelivered", letters.stream().filter(l -> !l.isDelivered()).count());
    }
  }

  private void mail() {
    Span measured = scenario.measured();
    long delivered =
        recorder.letters().stream()
            .filter(letter -> letter.isDelivered() && measured.contains(letter.deliveredAt()))
            .count();
    put("goodput", delivered / measured.length());
    put(
        "duplicates",
        recorder.letters().stream().mapToInt(letter -> Math.max(0, letter.copies() - 1)).sum());
    put("refused", recorder.refusals().values().stream().mapToLong(Long::longValue).sum());
    put("refused.falsely", recorder.falseRefusals());
    put("clients.most", injector.mostClientsHeld());
    put("clients.mean", injector.meanClientsHeld());
    put("clients.longest-in-vain", injector.longestInVain());
    put("bytes.most", recorder.mostBytes());
  }

  private void attempts() {
    put("attempts", recorder.begun());
    put("attempts.wasted", recorder.wasted());
    put("connections.most", recorder.mostOpen());
    double mean = recorder.attempts().between(0, end) / end;
    int peak = recorder.attempts().most(0, end);
    put("attempts.peak", peak);
    put("attempts.peak-over-mean", mean == 0 ? 0 : peak / mean);
  }

  /** What happened after the trouble was over. */
  private void recovery(double over) {
    double[] back =
        recorder.letters().stream()
            .filter(letter -> letter.kind() == Kind.RETURNING)
            .mapToDouble(letter -> (letter.isDelivered() ? letter.deliveredAt() : end) - over)
            .sorted()
            .toArray();
    if (back.length > 0) {
      put("recovery.first", back[0]);
      put("recovery.half", back[back.length / 2]);
      put("recovery.all", back[back.length - 1]);
      put(
          "recovery.undelivered",
          recorder.letters().stream()
              .filter(letter -> letter.kind() == Kind.RETURNING && !letter.isDelivered())
              .count());
      return;
    }
    stage
        .trouble()
        .ifPresent(
            trouble -> {
              DoubleStream during =
                  recorder.letters().stream()
                      .filter(letter -> WAITED_FOR.contains(letter.kind()))
                      .filter(letter -> trouble.contains(letter.message().created()))
                      .mapToDouble(
                          letter ->
                              Math.max(0, letter.message().created() + letter.waited(end) - over));
              new Waits(during).putInto(figures, "after");
            });
  }

  private void watched() {
    stage
        .watchedHost()
        .ifPresent(
            host -> {
              put("site.most-open", host.mostOpen());
              if (host.conduct().mostConnections() < Integer.MAX_VALUE) {
                put("site.over-limit", host.mostOpen() - host.conduct().mostConnections());
              }
              put("site.pushed-back", host.pushedBack());
              int all = host.pushedBack() + host.accepted();
              put("site.pushed-back-share", all == 0 ? 0 : (double) host.pushedBack() / all);
            });
  }

  /** Jain, Chiu and Hawe 1984: of what the slow sites were delivered while mail came. */
  private void fairness() {
    Map<String, Integer> delivered = new HashMap<>();
    for (Letter letter : recorder.letters()) {
      if (letter.kind() == Kind.SLOW) {
        boolean counts = letter.isDelivered() && scenario.measured().contains(letter.deliveredAt());
        delivered.merge(letter.destination(), counts ? 1 : 0, Integer::sum);
      }
    }
    double sum = delivered.values().stream().mapToDouble(n -> n).sum();
    double squares = delivered.values().stream().mapToDouble(n -> (double) n * n).sum();
    if (squares > 0) {
      put("jain", sum * sum / (delivered.size() * squares));
    }
  }

  private void put(String name, long value) {
    put(name, (double) value);
  }

  private void put(String name, double value) {
    figures.put(name, value);
  }
}
