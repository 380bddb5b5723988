package org.mailweir.lab.policy;

import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.mailweir.lab.time.VirtualTime;

/**
 * Goes on when a stage is complete. An exception then would be lost in the stage: it ends the run.
 */
final class Stages {
  private Stages() {}

  static <T> void handle(VirtualTime time, CompletionStage<T> stage, Consumer<T> next) {
    var unused =
        stage
            .thenAccept(next)
            .whenComplete(
                (nothing, failure) -> {
                  if (failure != null) {
                    time.after(
                        0,
                        () -> {
                          throw new IllegalStateException("the run failed", failure);
                        });
                  }
                });
  }
}
