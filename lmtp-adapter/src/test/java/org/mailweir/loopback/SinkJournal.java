package org.mailweir.loopback;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** What a sink has seen. Bounded: a sink that is fed for ever must not grow for ever. */
final class SinkJournal {
  private static final int MAX_ARRIVALS = 2_000_000;
  private static final int MAX_VIOLATIONS = 10_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final List<Arrival> arrivals = new ArrayList<>();
  private final List<Violation> violations = new ArrayList<>();
  private volatile Consumer<Arrival> listener = arrival -> {};
  private volatile int keepContent = 64 << 10;

  void keepContentUpTo(int bytes) {
    keepContent = bytes;
  }

  int keepContentUpTo() {
    return keepContent;
  }

  void onArrival(Consumer<Arrival> value) {
    listener = value;
  }

  void add(Arrival arrival) {
    lock.lock();
    try {
      if (arrivals.size() >= MAX_ARRIVALS) {
        throw new IllegalStateException("more than " + MAX_ARRIVALS + " messages in one sink");
      }
      arrivals.add(arrival);
    } finally {
      lock.unlock();
    }
    listener.accept(arrival);
  }

  void add(Violation violation) {
    lock.lock();
    try {
      if (violations.size() < MAX_VIOLATIONS) {
        violations.add(violation);
      }
    } finally {
      lock.unlock();
    }
  }

  List<Arrival> arrivals() {
    lock.lock();
    try {
      return List.copyOf(arrivals);
    } finally {
      lock.unlock();
    }
  }

  int count() {
    lock.lock();
    try {
      return arrivals.size();
    } finally {
      lock.unlock();
    }
  }

  List<Violation> violations() {
    lock.lock();
    try {
      return List.copyOf(violations);
    } finally {
      lock.unlock();
    }
  }

  Map<String, List<Arrival>> byRecipient() {
    Map<String, List<Arrival>> byRecipient = new HashMap<>();
    for (Arrival arrival : arrivals()) {
      for (String recipient : arrival.recipients()) {
        byRecipient.computeIfAbsent(recipient, r -> new ArrayList<>(1)).add(arrival);
      }
    }
    return byRecipient;
  }
}
