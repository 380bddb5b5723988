package org.mailweir.smtp;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.mailweir.message.Destination;
import org.mailweir.message.Reply;
import org.mailweir.site.HostSet;
import org.mailweir.smtp.AttemptFailure.Fault;
import org.mailweir.smtp.ConnectFailure.Kind;

/**
 * Tries the addresses of a destination, in order and staggered (RFC 8305): the next one starts when
 * one has failed, or when none is connected one stagger after the last start, or when one is
 * connected but not ready for so much longer. The first that is ready wins, the others are closed
 * at once. It fails when all have failed, or when it is aborted.
 *
 * <p>Thread safety: {@link #run} by one thread, once; {@link #abort} by any, also before.
 */
final class ConnectRace {
  private final SmtpConfig config;
  private final Surroundings surroundings;
  private final Executor threads;
  private final Runnable onFirstConnected;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** Those under way, with the time at which each began. */
  private final Map<HostAttempt, Long> running = new LinkedHashMap<>();

  private final Set<HostAttempt> connected = new HashSet<>();
  private final List<AttemptFailure> failures = new ArrayList<>();
  private @Nullable Session winner;
  private boolean over;
  private boolean aborted;
  private boolean everConnected;
  private boolean failedSinceStart;
  private long lastStart;
  private long lastConnected;
  private HostSet hosts = new HostSet(List.of());

  ConnectRace(
      SmtpConfig config, Surroundings surroundings, Executor threads, Runnable onFirstConnected) {
    this.config = config;
    this.surroundings = surroundings;
    this.threads = threads;
    this.onFirstConnected = onFirstConnected;
  }

  /** Returns the first session that is ready. Blocks; an interrupt closes all sockets. */
  Session run(Destination destination, List<Peer> peers)
      throws ConnectFailure, InterruptedException {
    Deque<Peer> waiting = new ArrayDeque<>(peers);
    boolean told = false;
    lock.lock();
    try {
      hosts = HostSet.of(peers.stream().map(Peer::host).toList());
      while (winner == null) {
        if (aborted) {
          throw aborted();
        } else if (everConnected && !told) {
          told = true;
          tell();
        } else if (!waiting.isEmpty() && nanosToNextStart() <= 0) {
          start(destination, waiting.remove());
        } else if (running.isEmpty() && waiting.isEmpty()) {
          throw allFailed(destination);
        } else if (waiting.isEmpty()) {
          changed.await();
        } else {
          changed.awaitNanos(nanosToNextStart());
        }
      }
      Session session = winner;
      winner = null;
      if (!told) {
        tell();
      }
      if (aborted) {
        session.abort();
        throw aborted();
      }
      return session;
    } finally {
      end();
      lock.unlock();
    }
  }

  /** Ends the race: all sockets are closed, {@code run} fails with {@link Kind#ABORTED}. */
  void abort() {
    lock.lock();
    try {
      aborted = true;
      end();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  static ConnectFailure aborted() {
    return new ConnectFailure(
        Kind.ABORTED, new Reply(451, "4.4.1", "the attempt to connect was given up"));
  }

  private long nanosToNextStart() {
    if (running.isEmpty() || failedSinceStart) {
      return 0;
    }
    long next = lastStart + config.stagger().toNanos();
    if (!connected.isEmpty()) {
      long patient = lastConnected + config.readyStagger().toNanos();
      next = patient - next > 0 ? patient : next;
    }
    return next - surroundings.clock().nanoTime();
  }

  /** Tells outside of the lock: what listens may take locks of its own. */
  private void tell() {
    lock.unlock();
    try {
      onFirstConnected.run();
    } finally {
      lock.lock();
    }
  }

  private void start(Destination destination, Peer peer) {
    HostAttempt attempt =
        new HostAttempt(destination, hosts, peer, config, surroundings, this::connected);
    failedSinceStart = false;
    lastStart = surroundings.clock().nanoTime();
    running.put(attempt, lastStart);
    try {
      threads.execute(() -> attempt(attempt));
    } catch (RejectedExecutionException stopping) {
      running.remove(attempt);
      aborted = true;
    }
  }

  private void attempt(HostAttempt attempt) {
    try {
      ready(attempt, attempt.open());
    } catch (AttemptFailure failure) {
      failed(attempt, failure);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      failed(attempt, new AttemptFailure("4.4.1", "interrupted", Fault.OURS));
    } catch (RuntimeException | Error unforeseen) {
      String name = unforeseen.getClass().getSimpleName();
      failed(attempt, new AttemptFailure("4.3.0", name, Fault.OURS));
      throw unforeseen;
    }
  }

  private void connected(HostAttempt attempt) {
    lock.lock();
    try {
      if (running.containsKey(attempt)) {
        connected.add(attempt);
        everConnected = true;
        lastConnected = surroundings.clock().nanoTime();
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void ready(HostAttempt attempt, Session session) {
    boolean won;
    lock.lock();
    try {
      running.remove(attempt);
      won = !over && winner == null;
      if (won) {
        winner = session;
        noteOutrun();
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
    if (!won) {
      session.quit();
    }
  }

  /** Those that are not even connected after a stagger would cost other mail the same delay. */
  private void noteOutrun() {
    long now = surroundings.clock().nanoTime();
    running.forEach(
        (attempt, begun) -> {
          if (!connected.contains(attempt) && now - begun >= config.stagger().toNanos()) {
            surroundings.addresses().outrun(hosts, attempt.peer().address());
          }
        });
  }

  private void failed(HostAttempt attempt, AttemptFailure failure) {
    lock.lock();
    try {
      if (running.remove(attempt) != null) { // else it was ended by us
        note(attempt.peer(), failure);
      }
      connected.remove(attempt);
      failures.add(failure);
      failedSinceStart = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void note(Peer peer, AttemptFailure failure) {
    if (failure.fault() == Fault.NO_CONNECTION) {
      surroundings.addresses().failed(hosts, peer.address(), failure.text());
    } else if (failure.fault() == Fault.HOST) {
      surroundings.addresses().outrun(hosts, peer.address());
    }
  }

  private void end() {
    over = true;
    running.keySet().forEach(HostAttempt::abort);
    running.clear();
    if (winner != null) {
      winner.abort();
      winner = null;
    }
  }

  private ConnectFailure allFailed(Destination destination) {
    Kind kind = kind();
    AttemptFailure first = failures.get(0);
    boolean same = failures.stream().allMatch(f -> f.status().equals(first.status()));
    StringBuilder text = new StringBuilder();
    if (failures.size() > 1) {
      text.append("no host of ").append(destination).append(" is ready: ");
    }
    // Each gets its share of the room, so that the last one is named too.
    int share = Math.max(40, 340 / failures.size());
    for (AttemptFailure failure : failures) {
      String each = failure.text();
      text.append(failure == first ? "" : "; ")
          .append(each.length() <= share ? each : each.substring(0, share - 3) + "...");
    }
    String status = same ? first.status() : kind == Kind.PUSHED_BACK ? "4.3.2" : "4.4.1";
    return new ConnectFailure(kind, new Reply(451, status, Verdicts.bounded(text.toString())));
  }

  /** An address that we could not try leaves open whether the destination can be reached. */
  private Kind kind() {
    boolean ours = false;
    for (AttemptFailure failure : failures) {
      if (failure.fault() == Fault.TOO_MUCH) {
        return Kind.PUSHED_BACK;
      }
      ours |= failure.fault() == Fault.OURS;
    }
    return ours ? Kind.ABORTED : Kind.UNREACHABLE;
  }
}
