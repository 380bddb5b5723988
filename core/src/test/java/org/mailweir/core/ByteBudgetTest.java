package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ByteBudgetTest {
  private final ByteBudget budget = new ByteBudget("in all", 100);

  @Test
  void takesUpToTheLimit() {
    budget.take(60);
    assertThat(budget.fits(40)).isTrue();
    assertThat(budget.fits(41)).isFalse();
    budget.take(40);
    assertThat(budget.fits(1)).isFalse();
    assertThat(budget.fits(0)).as("of unknown size").isTrue();
    budget.give(60);
    assertThat(budget.inUse()).isEqualTo(40);
  }

  @Test
  void aLargerOneGoesAlone() {
    budget.take(1);
    assertThat(budget.fits(101)).isFalse();
    budget.give(1);
    budget.take(Long.MAX_VALUE);
    assertThat(budget.fits(1)).isFalse();
    assertThat(budget.fits(0)).as("of unknown size").isTrue();
    budget.give(Long.MAX_VALUE);
    assertThat(budget.fits(1)).isTrue();
  }

  @Test
  void cannotOverflow() {
    ByteBudget all = new ByteBudget("in all", ByteBudget.UNLIMITED);
    all.take(Long.MAX_VALUE - 1);
    assertThat(all.fits(1)).isTrue();
    assertThat(all.fits(2)).isFalse();
  }

  @Test
  void neitherLosesNorMints() {
    budget.take(60);
    assertThatThrownBy(() -> budget.take(41)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> budget.give(61)).isInstanceOf(IllegalStateException.class);
    assertThat(budget.inUse()).isEqualTo(60);
  }

  @Test
  void refusesWithTheSameObjectWhileTheWordsAreTheSame() {
    budget.take(60);
    Refusal refusal = budget.refusal(7);
    assertThat(refusal)
        .isEqualTo(new Refusal(Refusal.Reason.BYTES, 7, "60 of 100 bytes in flight in all"));
    assertThat(budget.refusal(7)).isSameAs(refusal);
    assertThat(budget.refusal(8).nextTryNanos()).isEqualTo(8);
    budget.give(60);
    assertThat(budget.refusal(8).detail()).startsWith("0 of 100");
  }
}
