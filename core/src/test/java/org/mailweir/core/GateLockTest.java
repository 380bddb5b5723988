package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is asked of the gate waits for who has its lock, or would read and write beside him. */
@Timeout(60)
class GateLockTest {
  private final GateHarness gate = GateHarness.start();

  private static Named<Function<GateHarness, Runnable>> operation(
      String name, Function<GateHarness, Runnable> prepared) {
    return named(name, prepared);
  }

  /** Each one as what is to be done once all that it needs is there. */
  static Stream<Named<Function<GateHarness, Runnable>>> operations() {
    return Stream.of(
        operation("try", gate -> () -> gate.gate.tryAdmit("a.test", Attempt.FRESH)),
        operation(
            "try quietly",
            gate -> () -> gate.gate.tryAdmitQuietly("a.test", null, Attempt.FRESH, null)),
        operation(
            "ask",
            gate -> () -> gate.gate.admitAsync("a.test", Attempt.FRESH, GateHarness.PATIENCE)),
        operation("cancel", GateLockTest::cancel),
        operation("close a transaction", gate -> gate.gate.begin()::close),
        operation("ready", gate -> gate.permit("a.test")::ready),
        operation("detach", gate -> gate.permit("a.test")::detach),
        operation("settle", GateLockTest::settle),
        operation("requeue", GateLockTest::requeue),
        operation("advance", gate -> () -> gate.gate.advance(1, 1)),
        operation("next due", gate -> gate.gate::nextDue),
        operation("poll", gate -> gate.gate::pollProbe),
        operation("settle a probe", GateLockTest::settleProbe),
        operation("suspend", gate -> () -> gate.gate.suspend("a.test", Duration.ofDays(1), "")),
        operation("resume", gate -> () -> gate.gate.resume("a.test")),
        operation("status", gate -> () -> gate.gate.status("a.test")),
        operation("busiest", gate -> () -> gate.gate.busiest(1)),
        operation("stats", gate -> gate.gate::stats),
        operation("memories", gate -> gate.gate::memories),
        operation("restore", gate -> () -> gate.gate.restore(List.of())),
        operation("close", gate -> gate.gate::close));
  }

  private static Runnable cancel(GateHarness gate) {
    gate.live("a.test");
    for (int i = 0; i < Window.LIVE_SITE; i++) {
      gate.permit("a.test");
    }
    CompletableFuture<Admission> answer = gate.waits("a.test");
    return () -> answer.cancel(false);
  }

  private static Runnable settle(GateHarness gate) {
    Permit permit = gate.permit("a.test");
    return () -> permit.settle(Outcome.DELIVERED, "");
  }

  private static Runnable requeue(GateHarness gate) {
    gate.live("a.test");
    Permit permit = gate.permit("a.test");
    return () -> permit.requeue(GateHarness.PATIENCE, "");
  }

  private static Runnable settleProbe(GateHarness gate) {
    gate.suspend("a.test");
    Probe<String> probe = gate.nextProbe(Duration.ofMinutes(5));
    return () -> probe.settle(Outcome.READY, "");
  }

  @ParameterizedTest
  @MethodSource("operations")
  void waitsForTheLock(Function<GateHarness, Runnable> prepared) throws InterruptedException {
    Thread other = new Thread(prepared.apply(gate));
    boolean waited =
        gate.gate.locked(
            () -> {
              other.start();
              return hasToWait(other);
            });
    other.join();
    assertThat(waited).isTrue();
    gate.gate.assertConsistent();
  }

  /** Waits until the thread naps before the lock, or is through. */
  private static boolean hasToWait(Thread thread) {
    while (thread.isAlive() && thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    return thread.isAlive();
  }
}
