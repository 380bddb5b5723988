package org.mailweir.thread;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;

/** Makes executors that run each task on a thread of its own. */
public final class TaskThreads {
  private TaskThreads() {}

  /**
   * Returns an executor with a virtual thread per task on Java 21 and later, else one with cached
   * platform threads. It has no limit: whoever submits is bounded by the gate or by its own limit.
   *
   * @param name prefix of the platform threads' names
   */
  public static ExecutorService newExecutor(String name) {
    try {
      return (ExecutorService)
          MethodHandles.publicLookup()
              .findStatic(
                  Executors.class,
                  "newVirtualThreadPerTaskExecutor",
                  MethodType.methodType(ExecutorService.class))
              .invoke();
    } catch (NoSuchMethodException beforeJava21) {
      return Executors.newCachedThreadPool(platform(name));
    } catch (Throwable impossible) {
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
