package org.mailweir.lab.policy;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import org.mailweir.core.Jitter;

/** Those that are compared. */
public enum Policies {
  /** Each message is tried at once. */
  NONE("none", 100, Open::new),
  /** filtermail-transport 0.7.4. */
  FILTERMAIL("filtermail", 500, Filtermail::new),
  /** Semaphore, bulkheads and backoff. */
  BULKHEAD("bulkhead", 100, Composition::new),
  /** The same with circuit breakers. */
  BREAKER("breaker", 100, Breaker::new),
  /** Netflix' limiter with additive increase and multiplicative decrease. */
  AIMD("aimd", 100, Aimd::new),
  /** Apache James' remote delivery, with its own queue. */
  JAMES("james", 100, James::new),
  /** One timer for each message, with its own queue; no jitter. */
  TIMERS("timers", 100, bench -> new Timers(bench, Jitter.NONE)),
  /** The same with equal jitter. */
  TIMERS_EQUAL("timers-equal", 100, bench -> new Timers(bench, Jitter.EQUAL)),
  /** The same with full jitter. */
  TIMERS_FULL("timers-full", 100, bench -> new Timers(bench, Jitter.FULL)),
  /** Mailweir without any help from Postfix. */
  MAILWEIR_ALONE("mailweir-alone", 100, bench -> new Mailweir(bench, Mailweir.Help.NONE)),
  /** Mailweir, told the age of mail. */
  MAILWEIR_AGES("mailweir-ages", 100, bench -> new Mailweir(bench, Mailweir.Help.AGES)),
  /** Mailweir, told the age of mail, and calling refused mail back. */
  MAILWEIR("mailweir", 100, bench -> new Mailweir(bench, Mailweir.Help.AGES_AND_RECALL)),
  /** Mailweir's backlog: with its own queue. */
  MAILWEIR_RELAY("mailweir-relay", 100, MailweirRelay::new);

  private static final int POSTFIX_ACTIVE_LIMIT = 20_000;
  private static final int ACTIVE_BEYOND_CLIENTS = 20;

  private final String key;
  private final int clients;
  private final Function<Bench, Policy> maker;

  Policies(String key, int clients, Function<Bench, Policy> maker) {
    this.key = key;
    this.clients = clients;
    this.maker = maker;
  }

  /** Returns its name on the command line. */
  public String key() {
    return key;
  }

  /** Returns the clients that it is usually given. */
  public int clients() {
    return clients;
  }

  /**
   * Returns the size of Postfix's active queue that goes with it: the recommended M + 20 for
   * Mailweir's, which hold clients only briefly; for the others Postfix's own, with which they run.
   */
  public int activeLimit(int clients) {
    return switch (this) {
      case MAILWEIR, MAILWEIR_AGES, MAILWEIR_ALONE -> clients + ACTIVE_BEYOND_CLIENTS;
      default -> POSTFIX_ACTIVE_LIMIT;
    };
  }

  /** Makes one that knows nothing yet. */
  public Policy make(Bench bench) {
    return maker.apply(bench);
  }

  /** Returns the one of that name. */
  public static Optional<Policies> of(String key) {
    return Arrays.stream(values()).filter(policy -> policy.key.equals(key)).findFirst();
  }
}
