package org.mailweir.stores;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets the callers of a store with one writer share its commits: whoever finds the writer free
 * writes for all who wait.
 */
final class GroupCommit {
  interface Write {
    void run() throws Exception;
  }

  private record Waiting(Write write, CompletableFuture<Boolean> done) {}

  private static final int MOST = 500;

  private final ReentrantLock writer = new ReentrantLock();
  private final ReentrantLock queueLock = new ReentrantLock();
  private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
  private final Write commit;

  GroupCommit(Write commit) {
    this.commit = commit;
  }

  void run(Write write) throws Exception {
    Waiting mine = new Waiting(write, new CompletableFuture<>());
    queueLock.lock();
    try {
      queue.add(mine);
    } finally {
      queueLock.unlock();
    }
    writer.lock();
    try {
      if (!mine.done().isDone()) {
        writeForAll();
      }
    } finally {
      writer.unlock();
    }
    mine.done().get();
  }

  private void writeForAll() {
    List<Waiting> batch = take();
    try {
      for (Waiting each : batch) {
        each.write().run();
      }
      commit.run();
      batch.forEach(each -> each.done().complete(true));
    } catch (Exception failure) {
      batch.forEach(each -> each.done().completeExceptionally(failure));
    }
  }

  private List<Waiting> take() {
    queueLock.lock();
    try {
      List<Waiting> batch = new ArrayList<>();
      while (batch.size() < MOST && !queue.isEmpty()) {
        batch.add(queue.poll());
      }
      return batch;
    } finally {
      queueLock.unlock();
    }
  }
}
