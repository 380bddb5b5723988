package org.mailweir.examples.relay.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.mailweir.core.DestinationStatus;
import org.mailweir.core.Rate;
import org.mailweir.core.Standing;
import org.mailweir.examples.relay.control.RelayControl.Depth;
import org.mailweir.message.Destination;

class FlushEstimateTest {
  private static final Destination A = new Destination("a.test");
  private static final Destination B = new Destination("b.test");

  @Test
  void dividesTheWorkByTheWindow() {
    Reports.Flushed flushed = one(1000, status(Standing.LIVE, 20, 0, 2.0, Optional.empty()));
    assertThat(flushed.seconds()).isEqualTo(100); // 1000 * 2 s / 20
    assertThat(FlushEstimate.words(flushed, " for a.test"))
        .isEqualTo("1000 messages for a.test are due now. About 100 s (20 at once, 2.0 s each).");
  }

  @Test
  void letsTheWindowGrowOfASiteThatIsProbedFirst() {
    Reports.Flushed flushed = one(1000, status(Standing.SUSPENDED, 1, 0, 2.0, Optional.empty()));
    // 2, 4, 8, 16 in the first four rounds of 2 s, then 970 by 20.
    assertThat(flushed.seconds()).isEqualTo(8 + 97);
    assertThat(flushed.probed()).isEqualTo(1000);
    assertThat(FlushEstimate.words(flushed, " for a.test"))
        .isEqualTo(
            "1000 messages for a.test are due now. Probed first: they leave only if the"
                + " destination answers. Then about 105 s (20 at once, 2.0 s each).");
  }

  @Test
  void reckonsWithWhatTheSiteTookWhenItPushedBack() {
    assertThat(one(100, status(Standing.LIVE, 5, 5, 1.0, Optional.empty())).seconds())
        .isEqualTo(20);
  }

  @Test
  void reckonsWithTheRateWhereThatIsSlower() {
    Optional<Rate> rate = Optional.of(Rate.evenly(10, Duration.ofMinutes(1)));
    assertThat(one(100, status(Standing.LIVE, 20, 0, 1.0, rate)).seconds()).isEqualTo(600);
  }

  @Test
  void reckonsWithAllClientsWhereManySitesAreBusy() {
    Reports.Flushed flushed =
        FlushEstimate.of(
            List.of(new Depth(A, 1000), new Depth(B, 1000)),
            Map.of(),
            Map.of(
                A, status(Standing.LIVE, 20, 0, 1.0, Optional.empty()),
                B, status(Standing.LIVE, 20, 0, 1.0, Optional.empty())),
            10);
    assertThat(flushed.seconds()).isEqualTo(200); // 2000 s of work by 10 clients
    assertThat(flushed.basis()).isEqualTo("2 sites side by side");
  }

  @Test
  void takesDestinationsWithTheSameHostsForOne() {
    Reports.Flushed flushed =
        FlushEstimate.of(
            List.of(new Depth(A, 500), new Depth(B, 500)),
            Map.of(B, A),
            Map.of(A, status(Standing.LIVE, 20, 0, 2.0, Optional.empty())),
            90);
    assertThat(flushed.seconds()).isEqualTo(100);
    assertThat(flushed.destinations()).isEqualTo(2);
  }

  @Test
  void saysSoWhereTheSpeedIsNotKnown() {
    Reports.Flushed flushed = FlushEstimate.of(List.of(new Depth(A, 3)), Map.of(), Map.of(), 90);
    assertThat(flushed.seconds()).isNull();
    assertThat(FlushEstimate.words(flushed, " for a.test"))
        .isEqualTo(
            "3 messages for a.test are due now. 3 are for destinations whose speed is not known"
                + " yet.");
  }

  private static Reports.Flushed one(int count, DestinationStatus<Destination> status) {
    return FlushEstimate.of(List.of(new Depth(A, count)), Map.of(), Map.of(A, status), 90);
  }

  private static DestinationStatus<Destination> status(
      Standing standing, double window, int ceiling, double mean, Optional<Rate> rate) {
    return new DestinationStatus<>(
        A,
        standing,
        0,
        0,
        0,
        false,
        false,
        window,
        ceiling,
        (long) (mean * 1e9),
        0,
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "",
        rate,
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
