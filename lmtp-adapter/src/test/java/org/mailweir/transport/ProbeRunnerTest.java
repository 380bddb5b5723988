package org.mailweir.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mailweir.admin.FakeGate;
import org.mailweir.core.Outcome;
import org.mailweir.core.Probe;
import org.mailweir.message.Destination;
import org.mailweir.message.Reply;
import org.mailweir.site.Sites;
import org.mailweir.smtp.ConnectFailure;
import org.mailweir.smtp.SmtpConnection;
import org.mailweir.smtp.SmtpConnector;

class ProbeRunnerTest {
  private static final Destination DESTINATION = new Destination("dead.test");
  private Sites sites = Sites.apart();

  private final FakeGate<Destination> gate = new FakeGate<>();

  @Test
  void reportsThatADestinationIsReady() {
    RecordedProbe probe = run(destination -> {});
    assertThat(probe.settled).containsExactly("READY ");
  }

  @ParameterizedTest
  @CsvSource({
    "UNREACHABLE, UNREACHABLE",
    "PUSHED_BACK, PUSHED_BACK",
    "UNRESOLVED, UNRESOLVED",
    "PERMANENT, READY",
    "ABORTED, UNKNOWN",
  })
  void reportsWhatAFailureSaysOfTheDestination(ConnectFailure.Kind kind, Outcome outcome) {
    RecordedProbe probe =
        run(
            destination -> {
              throw new ConnectFailure(kind, new Reply(451, "4.4.1", "connect timed out"));
            });
    assertThat(probe.settled).containsExactly(outcome + " connect timed out");
  }

  @ParameterizedTest
  @CsvSource({
    "UNREACHABLE, 4.4.1, UNREACHABLE",
    "UNREACHABLE, 4.7.5, UNKNOWN",
    "PUSHED_BACK, 4.3.2, PUSHED_BACK",
    "UNRESOLVED, 4.4.3, UNKNOWN",
    "PERMANENT, 5.1.2, UNKNOWN",
  })
  void whatOneDomainLacksSaysNothingOfASharedSite(
      ConnectFailure.Kind kind, String status, Outcome outcome) {
    sites = sharedWith(DESTINATION);
    RecordedProbe probe =
        run(
            destination -> {
              throw new ConnectFailure(kind, new Reply(451, status, "words"));
            });
    assertThat(probe.settled).containsExactly(outcome + " words");
  }

  private static Sites sharedWith(Destination member) {
    return new Sites() {
      @Override
      public Destination of(Destination destination) {
        return destination;
      }

      @Override
      public void prepare(Collection<Destination> destinations) {}

      @Override
      public boolean isShared(Destination site) {
        return true;
      }

      @Override
      public Destination member(Destination site) {
        return member;
      }
    };
  }

  @Test
  void reportsNothingLearnedAfterADefect() {
    RecordedProbe probe =
        run(
            destination -> {
              throw new IllegalStateException("for the test");
            });
    assertThat(probe.settled).containsExactly("UNKNOWN ");
  }

  @Test
  void reportsNothingLearnedWhenInterrupted() {
    RecordedProbe probe =
        run(
            destination -> {
              throw new InterruptedException();
            });
    assertThat(Thread.interrupted()).isTrue();
    assertThat(probe.settled).containsExactly("UNKNOWN ");
  }

  @Test
  void runsAllThatAreDueAndNotMore() {
    List<RecordedProbe> probes = List.of(new RecordedProbe(), new RecordedProbe());
    gate.probes.addAll(probes);
    List<Runnable> started = new ArrayList<>();
    new ProbeRunner(gate, sites, connector(destination -> {}), started::add).runDue();
    assertThat(started).hasSize(2);
    assertThat(gate.probes).isEmpty();
    started.forEach(Runnable::run);
    assertThat(probes).allSatisfy(probe -> assertThat(probe.settled).containsExactly("READY "));
  }

  @Test
  void givesAProbeBackThatCannotBeStarted() {
    RecordedProbe probe = new RecordedProbe();
    gate.probes.add(probe);
    new ProbeRunner(
            gate,
            sites,
            connector(destination -> {}),
            task -> {
              throw new RejectedExecutionException();
            })
        .runDue();
    assertThat(probe.settled).containsExactly("UNKNOWN ");
  }

  private RecordedProbe run(Try result) {
    RecordedProbe probe = new RecordedProbe();
    gate.probes.add(probe);
    new ProbeRunner(gate, sites, connector(result), Runnable::run).runDue();
    return probe;
  }

  private interface Try {
    void probe(Destination destination) throws ConnectFailure, InterruptedException;
  }

  private static SmtpConnector connector(Try result) {
    return new SmtpConnector() {
      @Override
      public SmtpConnection connect(Destination destination, ConnectObserver observer) {
        throw new AssertionError("a probe must not connect as a delivery does");
      }

      @Override
      public void probe(Destination destination) throws ConnectFailure, InterruptedException {
        assertThat(destination).isEqualTo(DESTINATION);
        result.probe(destination);
      }
    };
  }

  private static final class RecordedProbe implements Probe<Destination> {
    private final List<String> settled = new ArrayList<>();

    @Override
    public Destination destination() {
      return DESTINATION;
    }

    @Override
    public boolean settle(Outcome outcome, String detail) {
      if (!settled.isEmpty()) {
        return false;
      }
      return settled.add(outcome + " " + detail);
    }
  }
}
