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
  /** Delivers a message, or says why not now. */
  String deliver(String domain) throws InterruptedException {
    Admission answer = gate.admit(domain, Attempt.FRESH, Duration.ofSeconds(5));
    if (answer instanceof Refusal refusal) {
      return domain + ": " + RefusalText.of(refusal);
    }
    Permit permit = (Permit) answer;
    try {
      SimulatedSmtp.Connection connection = smtp.connect(domain);
      permit.ready();
      Outcome outcome = connection.send();
      permit.settle(outcome);
      return domain + ": " + outcome;
    } catch (IOException failure) {
      permit.fail(SimulatedSmtp.words(failure)); // before ready: it speaks against the destination
      return domain + ": " + SimulatedSmtp.words(failure);
    } finally {
      permit.close(); // whatever is not settled by now teaches nothing
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
