package org.mailweir.examples.herd;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.mailweir.core.Admission;
import org.mailweir.core.Attempt;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.DestinationStatus;
import org.mailweir.core.GateStats;
import org.mailweir.core.Outcome;
import org.mailweir.core.Permit;
import org.mailweir.core.Probe;
import org.mailweir.core.Transaction;

/**
 * A gate that stands open: what a relay does that has none. It admits at once whatever comes, and
 * learns nothing.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class OpenGate<D> implements DestinationGate<D> {
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicLong admitted = new AtomicLong();

  @Override
  public Admission tryAdmit(D destination, Attempt attempt) {
    inFlight.incrementAndGet();
    admitted.incrementAndGet();
    return new OpenPermit(inFlight);
  }

  @Override
  public Admission admit(D destination, Attempt attempt, Duration patience) {
    return tryAdmit(destination, attempt);
  }

  @Override
  public CompletionStage<Admission> admitAsync(D destination, Attempt attempt, Duration patience) {
    return CompletableFuture.completedFuture(tryAdmit(destination, attempt));
  }

  @Override
  public boolean suspend(D destination, Duration time, String reason) {
    return false; // it refuses nothing
  }

  @Override
  public boolean resume(D destination) {
    return false;
  }

  @Override
  public Transaction<D> begin(long bytes) {
    return new OpenTransaction<>(this);
  }

  @Override
  public int advance(long now, int limit) {
    return 0;
  }

  @Override
  public long nextDue() {
    return System.nanoTime() + Long.MAX_VALUE;
  }

  @Override
  public Optional<Probe<D>> pollProbe() {
    return Optional.empty();
  }

  @Override
  public Optional<DestinationStatus<D>> status(D destination) {
    return Optional.empty();
  }

  @Override
  public List<DestinationStatus<D>> busiest(int n) {
    return List.of();
  }

  @Override
  public GateStats stats() {
    int held = inFlight.get();
    return new GateStats(
        held,
        0,
        held,
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
        false,
        admitted.get(),
        Map.of(),
        Map.of(),
        0,
        0,
        0,
        0,
        0);
  }

  @Override
  public void close() {
    // There is nothing that waits.
  }

  private record OpenTransaction<D>(OpenGate<D> gate) implements Transaction<D> {
    @Override
    public Admission tryAdmit(D destination, Attempt attempt) {
      return gate.tryAdmit(destination, attempt);
    }

    @Override
    public Admission admit(D destination, Attempt attempt, Duration patience) {
      return gate.admit(destination, attempt, patience);
    }

    @Override
    public CompletionStage<Admission> admitAsync(
        D destination, Attempt attempt, Duration patience) {
      return gate.admitAsync(destination, attempt, patience);
    }

    @Override
    public void close() {
      // There is nothing that waits.
    }
  }

  private static final class OpenPermit implements Permit {
    private final AtomicInteger inFlight;
    private final AtomicBoolean settled = new AtomicBoolean();

    OpenPermit(AtomicInteger inFlight) {
      this.inFlight = inFlight;
    }

    @Override
    public boolean ready() {
      return !settled.get();
    }

    @Override
    public boolean detach() {
      settle(Outcome.UNKNOWN, "");
      return false;
    }

    @Override
    public CompletionStage<Admission> requeue(Duration patience, String detail) {
      return CompletableFuture.completedFuture(this); // at once, as it is
    }

    @Override
    public boolean settle(Outcome outcome, String detail) {
      boolean first = !settled.getAndSet(true);
      if (first) {
        inFlight.decrementAndGet();
      }
      return first;
    }

    @Override
    public boolean fail(String detail) {
      return settle(Outcome.UNKNOWN, detail);
    }
  }
}
