package org.mailweir.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.mailweir.core.Admission;
import org.mailweir.core.Attempt;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.DestinationStatus;
import org.mailweir.core.GateStats;
import org.mailweir.core.Outcome;
import org.mailweir.core.Permit;
import org.mailweir.core.Probe;
import org.mailweir.core.Refusal;
import org.mailweir.core.Transaction;
import org.mailweir.message.Destination;

/**
 * A gate that does what the test says: each destination grants at once, refuses at once, or lets
 * wait until {@link #grant}. Waiting ends with the patience, as with the real one.
 */
final class FakeGate implements DestinationGate<Destination> {
  private final Simulation simulation;
  private final Map<Destination, Refusal> refusing = new HashMap<>();
  private final Map<Destination, Boolean> waiting = new HashMap<>();
  private final Map<Destination, List<Ask>> queue = new LinkedHashMap<>();

  final List<Ask> asks = new ArrayList<>();
  final List<FakePermit> permits = new ArrayList<>();
  final List<Long> bytes = new ArrayList<>();
  int transactions;
  int closedTransactions;
  boolean outage;
  boolean mayDetach = true;
  boolean keepsPatience = true;
  int requeueLimit = 5;
  Runnable onSettle = () -> {};

  FakeGate(Simulation simulation) {
    this.simulation = simulation;
  }

  /** One question that was put to the gate. */
  record Ask(
      Destination destination,
      Attempt attempt,
      Duration patience,
      int requeues,
      CompletableFuture<Admission> answer) {}

  void refuses(String destination, Refusal refusal) {
    refusing.put(new Destination(destination), refusal);
  }

  void letsWait(String... destinations) {
    for (String destination : destinations) {
      waiting.put(new Destination(destination), true);
    }
  }

  void grantsAtOnce(String destination) {
    waiting.remove(new Destination(destination));
  }

  /** Gives a permit to the first that waits; later ones go on waiting. */
  void grant(String destination) {
    Destination key = new Destination(destination);
    List<Ask> asked = queue.getOrDefault(key, List.of());
    while (!asked.isEmpty()) {
      Ask ask = asked.remove(0);
      if (!ask.answer().isDone()) {
        ask.answer().complete(permit(ask));
        return;
      }
    }
    throw new AssertionError("nobody waits for " + destination);
  }

  boolean isWaitedFor(String destination) {
    return queue.getOrDefault(new Destination(destination), List.of()).stream()
        .anyMatch(ask -> !ask.answer().isDone());
  }

  /** Refuses all that wait. */
  void refuse(String destination, Refusal refusal) {
    for (Ask ask : List.copyOf(queue.getOrDefault(new Destination(destination), List.of()))) {
      ask.answer().complete(refusal);
    }
  }

  List<Outcome> outcomes(String destination) {
    return permits.stream()
        .filter(permit -> permit.ask.destination().name().equals(destination))
        .flatMap(permit -> permit.outcome.stream())
        .toList();
  }

  List<FakePermit> permits(String destination) {
    return permits.stream()
        .filter(permit -> permit.ask.destination().name().equals(destination))
        .toList();
  }

  List<Ask> asks(String destination) {
    return asks.stream().filter(ask -> ask.destination().name().equals(destination)).toList();
  }

  long unsettled() {
    return permits.stream().filter(permit -> permit.outcome.isEmpty()).count();
  }

  private FakePermit permit(Ask ask) {
    FakePermit permit = new FakePermit(ask);
    permits.add(permit);
    return permit;
  }

  private CompletionStage<Admission> ask(
      Destination destination, Attempt attempt, Duration patience, int requeues) {
    Ask ask = new Ask(destination, attempt, patience, requeues, new CompletableFuture<>());
    asks.add(ask);
    Refusal refusal = refusing.get(destination);
    if (requeues > requeueLimit) {
      ask.answer().complete(new Refusal(Refusal.Reason.PUSHED_BACK, Refusal.NO_HINT, ""));
    } else if (refusal != null) {
      ask.answer().complete(refusal);
    } else if (!waiting.containsKey(destination)) {
      ask.answer().complete(permit(ask));
    } else {
      queue.computeIfAbsent(destination, key -> new ArrayList<>()).add(ask);
      if (keepsPatience) {
        simulation.at(
            simulation.elapsed().plus(patience),
            () ->
                ask.answer().complete(new Refusal(Refusal.Reason.TIMED_OUT, Refusal.NO_HINT, "")));
      }
    }
    return ask.answer();
  }

  @Override
  public boolean suspend(Destination destination, Duration time, String reason) {
    throw new AssertionError("not used");
  }

  @Override
  public boolean resume(Destination destination) {
    throw new AssertionError("not used");
  }

  @Override
  public Transaction<Destination> begin(long bytes) {
    transactions++;
    this.bytes.add(bytes);
    return new FakeTransaction();
  }

  @Override
  public CompletionStage<Admission> admitAsync(
      Destination destination, Attempt attempt, Duration patience) {
    throw new AssertionError("outside of a transaction");
  }

  @Override
  public Admission tryAdmit(Destination destination, Attempt attempt) {
    throw new AssertionError("not used");
  }

  @Override
  public Admission admit(Destination destination, Attempt attempt, Duration patience) {
    throw new AssertionError("not used");
  }

  @Override
  public int advance(long now, int limit) {
    return 0;
  }

  @Override
  public long nextDue() {
    return Long.MAX_VALUE;
  }

  @Override
  public Optional<Probe<Destination>> pollProbe() {
    return Optional.empty();
  }

  @Override
  public Optional<DestinationStatus<Destination>> status(Destination destination) {
    return Optional.empty();
  }

  @Override
  public List<DestinationStatus<Destination>> busiest(int n) {
    return List.of();
  }

  @Override
  public GateStats stats() {
    return new GateStats(
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        Optional.empty(),
        0,
        Map.of(),
        0,
        Map.of(),
        outage,
        0,
        Map.of(),
        Map.of(),
        0,
        0,
        0,
        0,
        0);
  }

  @Override
  public void close() {}

  private final class FakeTransaction implements Transaction<Destination> {
    private final List<Ask> asked = new ArrayList<>();
    private boolean closed;

    @Override
    public Admission tryAdmit(Destination destination, Attempt attempt) {
      throw new AssertionError("not used");
    }

    @Override
    public Admission admit(Destination destination, Attempt attempt, Duration patience) {
      throw new AssertionError("not used");
    }

    @Override
    public CompletionStage<Admission> admitAsync(
        Destination destination, Attempt attempt, Duration patience) {
      if (closed) {
        return CompletableFuture.completedFuture(cancelled());
      }
      CompletionStage<Admission> answer = ask(destination, attempt, patience, 0);
      asked.add(asks.get(asks.size() - 1));
      return answer;
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        closedTransactions++;
        asked.forEach(ask -> ask.answer().complete(cancelled()));
      }
    }

    private Refusal cancelled() {
      return new Refusal(Refusal.Reason.CANCELLED, Refusal.NO_HINT, "");
    }
  }

  /** A permit that remembers what was done with it. */
  final class FakePermit implements Permit {
    final Ask ask;
    Optional<Outcome> outcome = Optional.empty();
    String detail = "";
    boolean ready;
    boolean detached;
    boolean requeued;
    Duration settledAfter = Duration.ZERO;

    FakePermit(Ask ask) {
      this.ask = ask;
    }

    @Override
    public boolean ready() {
      ready = true;
      return outcome.isEmpty() && !detached;
    }

    @Override
    public boolean detach() {
      if (outcome.isPresent()) {
        return false;
      }
      if (!mayDetach) {
        settle(Outcome.UNKNOWN, "");
        return false;
      }
      detached = true;
      return true;
    }

    @Override
    public CompletionStage<Admission> requeue(Duration patience, String detail) {
      if (detached || !settle(Outcome.PUSHED_BACK, detail)) {
        return CompletableFuture.completedFuture(
            new Refusal(Refusal.Reason.CANCELLED, Refusal.NO_HINT, ""));
      }
      requeued = true;
      return FakeGate.this.ask(ask.destination(), ask.attempt(), patience, ask.requeues() + 1);
    }

    @Override
    public boolean settle(Outcome outcome, String detail) {
      if (this.outcome.isPresent()) {
        return false;
      }
      this.outcome = Optional.of(outcome);
      this.detail = detail;
      settledAfter = simulation.elapsed();
      onSettle.run();
      return true;
    }

    @Override
    public boolean fail(String detail) {
      return settle(ready ? Outcome.UNKNOWN : Outcome.UNREACHABLE, detail);
    }
  }
}
