package org.mailweir.thread;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;

/** Makes executors that run each task on a thread of its own. */
public final class TaskThreads {
  private static final Optional<MethodHandle> VIRTUAL = virtual();

  private TaskThreads() {}

  /** Returns whether the JVM has virtual threads (Java 21 and later), and these are. */
  public static boolean areVirtual() {
    return VIRTUAL.isPresent();
  }

  /**
   * Returns an executor with a virtual thread per task on Java 21 and later, else one with cached
   * platform threads. It has no limit: whoever submits is bounded by the gate or by its own limit.
   *
   * @param name prefix of the platform threads' names
   */
  public static ExecutorService newExecutor(String name) {
    if (VIRTUAL.isEmpty()) {
      return Executors.newCachedThreadPool(platform(name));
    }
    try {
      return (ExecutorService) VIRTUAL.get().invoke();
    } catch (Throwable impossible) {
      throw new LinkageError("newVirtualThreadPerTaskExecutor", impossible);
    }
  }

  private static Optional<MethodHandle> virtual() {
    try {
      return Optional.of(
          MethodHandles.publicLookup()
              .findStatic(
                  Executors.class,
                  "newVirtualThreadPerTaskExecutor",
                  MethodType.methodType(ExecutorService.class)));
    } catch (NoSuchMethodException beforeJava21) {
      return Optional.empty();
    } catch (IllegalAccessException impossible) {
      throw new LinkageError("newVirtualThreadPerTaskExecutor", impossible);
    }
  }

  private static ThreadFactory platform(String name) {
    AtomicLong count = new AtomicLong();
    return task -> {
      Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }
}
