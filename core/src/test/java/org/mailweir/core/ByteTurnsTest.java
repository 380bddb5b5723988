package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** How long a site keeps its turn for want of bytes, and in which order others stand aside. */
class ByteTurnsTest {
  private static final long T = Long.MAX_VALUE - 1_000_000_000L; // readings wrap
  private static final long OVER = T + ByteTurns.KEEPS_ITS_TURN;

  private final PolicyGate<String> gate = GateHarness.start().gate;
  private final Site<String> one = new Site<>("one.test", gate);
  private final Site<String> two = new Site<>("two.test", gate);
  private final TimerWheel wheel = new TimerWheel(T);
  private final ByteTurns<String> turns = new ByteTurns<>(wheel);

  @Test
  void keepsItsTurnForASecondAndStandsAsideThen() {
    assertThat(turns.keepsItsTurn(one, T)).isTrue();
    assertThat(turns.keepsItsTurn(one, OVER - 1)).isTrue();
    assertThat(turns.aside()).isEmpty();
    assertThat(turns.keepsItsTurn(one, OVER)).isFalse();
    assertThat(turns.aside()).containsExactly(one);
    assertThat(turns.keepsItsTurn(one, OVER)).as("a turn of its own again").isTrue();
  }

  @Test
  void turnsAreGivenWhenTheSecondIsOver() {
    turns.keepsItsTurn(one, T);
    assertThat(wheel.size()).isEqualTo(1);
    wheel.advance(OVER - 1, 10);
    assertThat(wheel.size()).isEqualTo(1);
    wheel.advance(OVER + TimerWheel.TICK, 10);
    assertThat(wheel.size()).isZero();
  }

  @Test
  void aSecondBeginsWithTheTurn() {
    turns.keepsItsTurn(one, T);
    turns.hasTurn(one);
    assertThat(turns.keepsItsTurn(one, OVER)).isTrue();
    assertThat(turns.keepsItsTurn(two, OVER)).isTrue();
    assertThat(turns.aside()).isEmpty();
  }

  @Test
  void theTurnOfAnotherOneChangesNothing() {
    turns.keepsItsTurn(one, T);
    turns.hasTurn(two);
    assertThat(turns.keepsItsTurn(one, OVER)).isFalse();
  }

  @Test
  void whoStoodAsideFirstIsTheFirst() {
    for (Site<String> site : List.of(one, two)) {
      turns.keepsItsTurn(site, T);
      turns.keepsItsTurn(site, OVER);
    }
    assertThat(turns.aside()).containsExactly(one, two);
    assertThat(turns.leave(one)).isTrue();
    assertThat(turns.leave(one)).isFalse();
    assertThat(turns.aside()).containsExactly(two);
  }
}
