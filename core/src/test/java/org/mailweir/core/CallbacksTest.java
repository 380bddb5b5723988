package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallbacksTest {
  private final Callbacks callbacks = new Callbacks();
  private final List<String> ran = new ArrayList<>();

  private void add(String name, Runnable inside) {
    callbacks.add(
        () -> {
          ran.add(name);
          inside.run();
          ran.add("end of " + name);
        });
  }

  @Test
  void whatACallbackCausesRunsBehindItAndThenAllGoesOn() {
    add(
        "first",
        () -> {
          add("caused", callbacks::run);
          callbacks.run();
          callbacks.run();
        });
    callbacks.run();
    assertThat(ran).containsExactly("first", "end of first", "caused", "end of caused");
    add("later", () -> {});
    callbacks.run();
    assertThat(ran).endsWith("later", "end of later");
  }

  @Test
  void runsAllThatIsQueuedInOrder() {
    for (int i = 0; i < 200; i++) {
      int number = i;
      callbacks.add(() -> ran.add("" + number));
    }
    callbacks.run();
    callbacks.run();
    assertThat(ran).hasSize(200).startsWith("0", "1").endsWith("198", "199");
  }
}
