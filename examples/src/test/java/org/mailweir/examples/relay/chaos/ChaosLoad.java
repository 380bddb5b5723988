package org.mailweir.examples.relay.chaos;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.mailweir.loopback.LmtpMessage;
import org.mailweir.loopback.SmtpSubmission;

/**
 * Clients that hand in mail over SMTP, and try until enough of it is acknowledged. Every try is a
 * message of its own, with its number in the sender's address, in each recipient's and in the text:
 * one that was not acknowledged may arrive or not, and is told from the others.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class ChaosLoad implements AutoCloseable {
  static final String SENDER_DOMAIN = "sender.test";

  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final long PAUSE_NANOS = Duration.ofMillis(20).toNanos();
  private static final int MOST_RECIPIENTS = 3;

  private final InetSocketAddress relay;
  private final List<String> domains;
  private final int messages;
  private final AtomicInteger tries = new AtomicInteger();
  private final AtomicInteger told452 = new AtomicInteger();
  private volatile String lastFailure = "";
  private final Map<Integer, LmtpMessage> acknowledged = new ConcurrentHashMap<>();
  private final ExecutorService clients = Executors.newCachedThreadPool();

  ChaosLoad(InetSocketAddress relay, List<String> domains, int messages) {
    this.relay = relay;
    this.domains = domains;
    this.messages = messages;
  }

  void start(int count, SplittableRandom random) {
    for (int i = 0; i < count; i++) {
      SplittableRandom mine = random.split();
      clients.execute(() -> run(mine));
    }
    clients.shutdown();
  }

  /** Returns what was acknowledged, by number. */
  Map<Integer, LmtpMessage> acknowledged() {
    return acknowledged;
  }

  /** Returns how many messages were begun. */
  int tries() {
    return tries.get();
  }

  /** Returns how often a client was told that there is no space. */
  int told452() {
    return told452.get();
  }

  /** Returns why a message was last not taken. */
  String lastFailure() {
    return lastFailure;
  }

  boolean isOver() {
    return clients.isTerminated();
  }

  private void run(SplittableRandom random) {
    while (acknowledged.size() < messages && !Thread.currentThread().isInterrupted()) {
      try (SmtpSubmission connection = SmtpSubmission.open(relay, TIMEOUT)) {
        while (acknowledged.size() < messages) {
          int number = tries.incrementAndGet();
          LmtpMessage message = message(number, random);
          connection.send(message);
          acknowledged.put(number, message);
        }
      } catch (IOException refusedOrKilled) {
        String said = String.valueOf(refusedOrKilled.getMessage());
        if (said.contains("452")) {
          told452.incrementAndGet();
        }
        lastFailure = said;
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  private LmtpMessage message(int number, SplittableRandom random) {
    List<String> recipients = new ArrayList<>();
    for (int i = random.nextInt(MOST_RECIPIENTS); i >= 0; i--) {
      recipients.add("m" + number + "-" + i + "@" + domains.get(random.nextInt(domains.size())));
    }
    String filler = "0123456789 ".repeat(1 + random.nextInt(random.nextInt(1000) + 1));
    return new LmtpMessage(
        "",
        sender(number),
        recipients,
        LmtpMessage.Content.of("Subject: " + number + "\n\n" + filler + "\nend " + number + "\n"));
  }

  static String sender(int number) {
    return "s" + number + "@" + SENDER_DOMAIN;
  }

  @Override
  public void close() {
    clients.shutdownNow();
  }
}
