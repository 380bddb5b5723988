package org.mailweir.examples.embedding;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import org.mailweir.core.Admission;
import org.mailweir.core.Attempt;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.Outcome;
import org.mailweir.core.Permit;
import org.mailweir.core.Refusal;

/** Delivers on the thread of its caller: one thread per delivery, a virtual one on Java 21. */
record BlockingEmbedding(DestinationGate<String> gate, SimulatedSmtp smtp) {
  /**
   * Delivers a message, or says why not now.
   *
   * @throws IOException if the connection was lost later: that says nothing about the destination
   */
  String deliver(String domain) throws IOException, InterruptedException {
    Admission answer = gate.admit(domain, Attempt.FRESH, Duration.ofSeconds(5));
    if (answer instanceof Refusal refusal) {
      return domain + ": " + RefusalText.of(refusal);
    }
    try (Permit permit = (Permit) answer) { // closed before it is settled, it teaches nothing
      try {
        SimulatedSmtp.Connection connection = smtp.connect(domain);
        permit.ready();
        Outcome outcome = connection.send();
        permit.settle(outcome);
        return domain + ": " + outcome;
      } catch (SimulatedSmtp.Unreachable failure) {
        permit.settle(Outcome.UNREACHABLE, failure.words());
        return domain + ": " + failure.words();
      }
    }
  }

  /** Shows a destination that is tried once and then refused at once, while the other gets mail. */
  public static void main(String[] args) throws Exception {
    SimulatedSmtp smtp = new SimulatedSmtp().replies("alive.example", 250);
    DestinationGate<String> gate = DestinationGate.<String>builder().clients(100).build();
    ScheduledExecutorService timer = GateTicker.start(gate, smtp);
    BlockingEmbedding mta = new BlockingEmbedding(gate, smtp);
    for (String domain :
        List.of("alive.example", "dead.example", "dead.example", "alive.example")) {
      System.out.println(mta.deliver(domain));
    }
    timer.shutdown();
  }
}
