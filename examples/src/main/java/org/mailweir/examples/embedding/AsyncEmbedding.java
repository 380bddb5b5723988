package org.mailweir.examples.embedding;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.mailweir.core.Attempt;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.Outcome;
import org.mailweir.core.Permit;
import org.mailweir.core.Refusal;

/** Delivers on an event loop, such as Netty's: no thread waits, for a turn or for a host. */
record AsyncEmbedding(
    DestinationGate<String> gate, SimulatedSmtp smtp, ScheduledExecutorService loop) {
  CompletionStage<String> deliver(String domain) {
    return gate.admitAsync(domain, Attempt.FRESH, Duration.ofSeconds(5))
        .thenComposeAsync(
            answer ->
                answer instanceof Refusal refusal
                    ? CompletableFuture.completedStage(domain + ": " + RefusalText.of(refusal))
                    : attempt(domain, (Permit) answer),
            loop); // the gate answers on any thread: back to ours
  }

  private CompletionStage<String> attempt(String domain, Permit permit) {
    var connecting = smtp.connectAsync(domain);
    var late =
        loop.schedule(() -> permit.detach() || connecting.cancel(true), 100, TimeUnit.MILLISECONDS);
    return connecting
        .thenComposeAsync(
            connection -> {
              permit.ready();
              return late.cancel(false)
                  ? connection.sendAsync()
                  : CompletableFuture.completedFuture(Outcome.READY); // detached: send nothing
            },
            loop)
        .handle(
            (sent, failure) -> {
              String words = SimulatedSmtp.words(failure);
              var unused = failure == null ? permit.settle(sent) : permit.fail(words);
              return domain + ": " + (failure == null ? sent : words);
            });
  }

  public static void main(String[] args) {
    SimulatedSmtp smtp = new SimulatedSmtp().replies("alive.example", 250);
    DestinationGate<String> gate = DestinationGate.<String>builder().clients(100).build();
    AsyncEmbedding mta = new AsyncEmbedding(gate, smtp, GateTicker.start(gate, smtp));
    mta.deliver("alive.example").thenAccept(System.out::println);
    for (int millis : new int[] {0, 200, 700}) {
      Runnable mail = () -> mta.deliver("dead.example").thenAccept(System.out::println);
      var unused = mta.loop.schedule(mail, millis, TimeUnit.MILLISECONDS);
    }
    var unused = mta.loop.schedule(mta.loop::shutdown, 1, TimeUnit.SECONDS);
  }
}
