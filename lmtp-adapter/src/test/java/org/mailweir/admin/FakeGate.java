package org.mailweir.admin;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.mailweir.core.Admission;
import org.mailweir.core.Attempt;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.DestinationMemory;
import org.mailweir.core.DestinationStatus;
import org.mailweir.core.GateStats;
import org.mailweir.core.Probe;
import org.mailweir.core.Transaction;

/**
 * A gate that shows what it is told to show, hands out the probes it is given, and admits nobody.
 */
public final class FakeGate<D> implements DestinationGate<D> {
  private static final Map<GateStats.Limit, GateStats.Use> LIMITS =
      Map.of(
          GateStats.Limit.CLIENTS, new GateStats.Use(0, 100),
          GateStats.Limit.CLIENTS_LONGER, new GateStats.Use(0, 90));

  /** The totals of a gate that has seen nothing. */
  public static final GateStats NOTHING =
      new GateStats(
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
          LIMITS,
          false,
          0,
          Map.of(),
          Map.of(),
          0,
          0,
          0,
          0,
          0);

  public final ConcurrentLinkedQueue<Probe<D>> probes = new ConcurrentLinkedQueue<>();
  public volatile GateStats stats = NOTHING;
  public volatile List<DestinationStatus<D>> destinations = List.of();
  public volatile List<DestinationMemory<D>> memories = List.of();

  @Override
  public List<DestinationMemory<D>> memories() {
    return memories;
  }

  @Override
  public int restore(List<DestinationMemory<D>> known) {
    memories = known;
    return known.size();
  }

  @Override
  public GateStats stats() {
    return stats;
  }

  @Override
  public List<DestinationStatus<D>> busiest(int n) {
    return destinations.subList(0, Math.min(n, destinations.size()));
  }

  @Override
  public Optional<Probe<D>> pollProbe() {
    return Optional.ofNullable(probes.poll());
  }

  @Override
  public Optional<DestinationStatus<D>> status(D destination) {
    return destinations.stream().filter(s -> s.destination().equals(destination)).findFirst();
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
  public Transaction<D> begin(long bytes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean suspend(D destination, Duration time, String reason) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean resume(D destination) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Admission tryAdmit(D destination, Attempt attempt) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Admission admit(D destination, Attempt attempt, Duration patience) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Admission> admitAsync(D destination, Attempt attempt, Duration patience) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
