package org.mailweir.core;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A gate that decides, counts and learns as any, and refuses nothing; see {@link
 * GateBuilder#shadow}. What it would have admitted holds its permit and teaches it; what it would
 * have refused or held goes by it, and only its end is counted.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class ShadowGate<D> implements DestinationGate<D> {
  private final PolicyGate<D> gate;
  private final ShadowCounts counts = new ShadowCounts();
  private final Admitter<D> admitter;

  ShadowGate(PolicyGate<D> gate) {
    this.gate = gate;
    this.admitter = new ShadowAdmitter<>(gate, counts);
  }

  @Override
  public Admission tryAdmit(D destination, Attempt attempt) {
    return admitter.tryAdmit(destination, attempt);
  }

  @Override
  public Admission admit(D destination, Attempt attempt, Duration patience)
      throws InterruptedException {
    return admitter.admit(destination, attempt, patience);
  }

  @Override
  public CompletionStage<Admission> admitAsync(D destination, Attempt attempt, Duration patience) {
    return admitter.admitAsync(destination, attempt, patience);
  }

  @Override
  public Transaction<D> begin(long bytes) {
    Transaction<D> asked = gate.begin(bytes);
    return new ShadowTransaction<>(asked, new ShadowAdmitter<>(asked, counts));
  }

  private record ShadowTransaction<D>(Transaction<D> asked, Admitter<D> admitter)
      implements Transaction<D> {
    @Override
    public Admission tryAdmit(D destination, Attempt attempt) {
      return admitter.tryAdmit(destination, attempt);
    }

    @Override
    public Admission admit(D destination, Attempt attempt, Duration patience)
        throws InterruptedException {
      return admitter.admit(destination, attempt, patience);
    }

    @Override
    public CompletionStage<Admission> admitAsync(
        D destination, Attempt attempt, Duration patience) {
      return admitter.admitAsync(destination, attempt, patience);
    }

    @Override
    public void close() {
      asked.close();
    }
  }

  @Override
  public Optional<ShadowStats> shadow() {
    return Optional.of(counts.stats());
  }

  @Override
  public boolean suspend(D destination, Duration time, String reason) {
    return gate.suspend(destination, time, reason);
  }

  @Override
  public boolean resume(D destination) {
    return gate.resume(destination);
  }

  @Override
  public int advance(long now, int limit) {
    return gate.advance(now, limit);
  }

  @Override
  public long nextDue() {
    return gate.nextDue();
  }

  @Override
  public Optional<Probe<D>> pollProbe() {
    return gate.pollProbe();
  }

  @Override
  public Optional<DestinationStatus<D>> status(D destination) {
    return gate.status(destination);
  }

  @Override
  public List<DestinationStatus<D>> busiest(int n) {
    return gate.busiest(n);
  }

  @Override
  public GateStats stats() {
    return gate.stats();
  }

  @Override
  public List<DestinationMemory<D>> memories() {
    return gate.memories();
  }

  @Override
  public int restore(List<DestinationMemory<D>> known) {
    return gate.restore(known);
  }

  @Override
  public void close() {
    gate.close();
  }
}
