package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who answered last, to the tick. */
class SuccessesTest {
  private final PolicyGate<String> gate = GateHarness.start().gate;
  private final List<Site<String>> sites = new ArrayList<>();
  private final Successes<String> successes = new Successes<>(10, id -> sites.get(id - 1));

  SuccessesTest() {
    for (int id = 1; id <= 3; id++) {
      Site<String> site = new Site<>("d" + id + ".test", gate);
      site.id = id;
      sites.add(site);
    }
  }

  private void succeeded(int id, long now) {
    successes.succeeded(sites.get(id - 1), now);
    assertThat(sites.get(id - 1).answered).isTrue();
    assertThat(sites.get(id - 1).lastSuccess).isEqualTo(now);
  }

  private List<Integer> newestFirst() {
    List<Integer> result = new ArrayList<>();
    for (Site<String> s = successes.newest(); s != null; s = successes.before(s)) {
      result.add(s.id);
    }
    return result;
  }

  @Test
  void theLastSuccessIsTheFirst() {
    assertThat(newestFirst()).isEmpty();
    succeeded(1, 0); // at the time that one which never answered has too
    succeeded(2, 1);
    succeeded(3, 1);
    assertThat(newestFirst()).containsExactly(3, 2, 1);
    succeeded(1, 2);
    assertThat(newestFirst()).containsExactly(1, 3, 2);
  }

  @Test
  void withinATickTheFirstSuccessCounts() {
    succeeded(1, 5);
    succeeded(2, 5);
    succeeded(1, 5);
    assertThat(newestFirst()).containsExactly(2, 1);
  }

  @Test
  void oneThatLeftIsNotInTheList() {
    succeeded(1, 0);
    succeeded(2, 1);
    successes.remove(sites.get(1));
    successes.remove(sites.get(2));
    assertThat(newestFirst()).containsExactly(1);
    assertThat(successes.before(sites.get(1))).isNull();
  }

  @Test
  void aSuccessOfAnotherGateIsAppended() {
    successes.restore(sites.get(2));
    successes.restore(sites.get(0));
    assertThat(newestFirst()).containsExactly(1, 3);
  }
}
