package org.mailweir.transport;

import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.Outcome;
import org.mailweir.core.Probe;
import org.mailweir.message.Destination;
import org.mailweir.site.Sites;
import org.mailweir.smtp.ConnectFailure;
import org.mailweir.smtp.SmtpConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the probes that the gate asks for, each on a thread of its own. How many there may be, at
 * once and a second, is the gate's to decide.
 *
 * <p>Thread safety: {@link #runDue} is called by one thread at a time.
 */
public final class ProbeRunner {
  private static final Logger log = LoggerFactory.getLogger(ProbeRunner.class);

  private final DestinationGate<Destination> gate;
  private final Sites sites;
  private final SmtpConnector connector;
  private final Executor executor;

  /**
   * Creates a runner that starts nothing by itself.
   *
   * @param executor runs each probe as a task that blocks
   */
  public ProbeRunner(DestinationGate<Destination> gate, Remotes remotes, Executor executor) {
    this(gate, remotes.sites(), remotes.connector(), executor);
  }

  ProbeRunner(
      DestinationGate<Destination> gate, Sites sites, SmtpConnector connector, Executor executor) {
    this.gate = gate;
    this.sites = sites;
    this.connector = connector;
    this.executor = executor;
  }

  /** Starts all probes that are due, and returns without waiting for them. */
  public void runDue() {
    for (Optional<Probe<Destination>> due = gate.pollProbe();
        due.isPresent();
        due = gate.pollProbe()) {
      Probe<Destination> probe = due.get();
      try {
        executor.execute(() -> run(probe));
      } catch (RejectedExecutionException stopping) {
        probe.close();
        return;
      }
    }
  }

  private void run(Probe<Destination> probe) {
    try {
      connector.probe(sites.member(probe.destination()));
      probe.settle(Outcome.READY, "");
    } catch (ConnectFailure failure) {
      boolean ofSite = !(failure.isOfDomain() && sites.isShared(probe.destination()));
      probe.settle(ofSite ? outcome(failure.kind()) : Outcome.UNKNOWN, failure.reply().text());
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException defect) {
      log.error("A probe of {} failed unexpectedly", probe.destination(), defect);
    } finally {
      // Settles as UNKNOWN what is not settled yet: no probe is ever left to its lease. Not a try
      // with resources, which would close it before the failure is reported.
      probe.close();
    }
  }

  // PERMANENT is an answer about the name, final and quick: mail to it will be bounced with the
  // true
  // reason as soon as it is let through, so the destination counts as one that answers.
  private static Outcome outcome(ConnectFailure.Kind kind) {
    return switch (kind) {
      case PERMANENT -> Outcome.READY;
      case UNREACHABLE -> Outcome.UNREACHABLE;
      case PUSHED_BACK -> Outcome.PUSHED_BACK;
      case UNRESOLVED -> Outcome.UNRESOLVED;
      case ABORTED -> Outcome.UNKNOWN;
    };
  }
}
