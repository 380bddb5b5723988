package org.mailweir.lab.policy;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.mailweir.core.Backlog;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.Dispatch;
import org.mailweir.core.Jitter;
import org.mailweir.core.Outcome;
import org.mailweir.core.Permit;
import org.mailweir.core.RetrySchedule;
import org.mailweir.lab.mail.Letter;
import org.mailweir.lab.world.Ending;

/**
 * Mailweir for a relay that owns its queue: the production {@link Backlog} on the production gate,
 * through their public interfaces. What failed waits for its destination, which only its probe
 * tries; what was greylisted waits 2 minutes and doubles up to an hour, with equal jitter.
 *
 * <p>No client waits for an attempt here, and yet it is detached after 5 s, or after 20 s if it is
 * connected: its place is another message's then, and the connection goes on as a probe.
 */
final class MailweirRelay implements Relay {
  private final Bench bench;
  private final SplittableRandom random;
  private final DestinationGate<String> gate;
  private final Backlog<String, Letter> backlog;
  private final RetrySchedule schedule =
      RetrySchedule.exponential(Duration.ofMinutes(2), Duration.ofHours(1))
          .jitter(Jitter.EQUAL)
          .build();
  private boolean polling;

  MailweirRelay(Bench bench) {
    this.bench = bench;
    random = bench.seeds().of("retries");
    gate =
        DestinationGate.<String>builder()
            .clients(bench.clients())
            .timeSource(bench.time())
            .random(bench.seeds().of("gate"))
            .build();
    backlog =
        Backlog.<String, Letter>builder(gate)
            .onReady(() -> bench.time().after(0, this::poll))
            .build();
    GateTicker.start(bench, gate, this::advance);
  }

  @Override
  public OptionalDouble window(String destination) {
    return GateTicker.window(gate, destination);
  }

  @Override
  public void submit(Letter letter) {
    backlog.submit(letter.destination(), letter);
    poll();
  }

  @Override
  public void defer(Letter letter, double due) {
    backlog.defer(letter.destination(), letter, Duration.ofNanos((long) (due * 1e9)));
  }

  @Override
  public void flush() {
    backlog.flush();
    poll();
  }

  private void advance() {
    backlog.advance(bench.time().nanoTime(), GateTicker.TIMERS);
  }

  private void poll() {
    if (polling) {
      return;
    }
    polling = true;
    for (Optional<Dispatch<String, Letter>> next = backlog.poll();
        next.isPresent();
        next = backlog.poll()) {
      if (next.get() instanceof Dispatch.Permitted<String, Letter> due) {
        Try.start(bench, due.message(), due.permit(), new Delivery(this, due.message()));
      }
    }
    polling = false;
  }

  private void tryAgain(Letter letter) {
    Duration delay =
        schedule.next(letter.attempts(), Duration.ZERO, random).orElse(Duration.ofHours(1));
    backlog.defer(letter.destination(), letter, delay);
    poll();
  }

  /** One letter on its way. */
  private record Delivery(MailweirRelay relay, Letter letter) implements Try.Owner {
    @Override
    public void ended(Ending ending) {
      if (ending == Ending.DELIVERED) {
        relay.poll();
      } else {
        relay.tryAgain(letter);
      }
    }

    @Override
    public void detached() {
      relay.tryAgain(letter);
    }

    @Override
    public void pushedBack(Permit permit) {
      permit.settle(Outcome.PUSHED_BACK);
      relay.tryAgain(letter);
    }
  }
}
