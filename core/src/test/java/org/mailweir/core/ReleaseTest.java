package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How turns are spread over the second after a local outage. */
class ReleaseTest {
  private static final long T = Long.MAX_VALUE - 500_000_000L; // readings wrap

  private final Release release = new Release();

  @Test
  void allowsAllWhereThereWasNoOutage() {
    release.gaveTurn();
    assertThat(release.allows(T)).isTrue();
    assertThat(release.isActive()).isFalse();
  }

  @Test
  void allowsOneMoreThanItsPartOfTheSecond() {
    release.begin(10, T);
    assertThat(release.isActive()).isTrue();
    assertThat(release.allows(T)).isTrue();
    release.gaveTurn();
    assertThat(release.allows(T + Release.TIME / 10 - 1)).isFalse();
    assertThat(release.allows(T + Release.TIME / 10)).isTrue();
    release.gaveTurn();
    assertThat(release.allows(T + Release.TIME / 10)).isFalse();
  }

  @Test
  void allowsAllAfterTheSecond() {
    release.begin(10, T);
    for (int i = 0; i < 9; i++) {
      release.gaveTurn();
    }
    assertThat(release.allows(T + Release.TIME / 2)).isFalse();
    assertThat(release.isActive()).isTrue();
    assertThat(release.allows(T + Release.TIME)).isTrue();
    assertThat(release.isActive()).isFalse();
    assertThat(release.allows(T)).as("it is over").isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void isOverWhenAsManyHadTheirTurnAsWaited(int waiting) {
    release.begin(waiting, T);
    for (int i = 0; i < waiting; i++) {
      assertThat(release.isActive()).isTrue();
      release.gaveTurn();
    }
    assertThat(release.allows(T)).isTrue();
    assertThat(release.isActive()).isFalse();
  }

  @Test
  void theNextOneCountsFromNothing() {
    release.begin(2, T);
    release.gaveTurn();
    release.begin(2, T + 1);
    assertThat(release.allows(T + 1)).isTrue();
  }
}
