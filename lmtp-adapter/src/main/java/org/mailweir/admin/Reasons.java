package org.mailweir.admin;

import org.mailweir.core.Refusal.Reason;

/** Says in words why mail is held back, and what an operator can turn. */
public final class Reasons {
  private Reasons() {}

  /** Returns what the reason says of the destination, without a full stop. */
  public static String words(Reason reason) {
    return switch (reason) {
      case SUSPENDED -> "does not answer; only its probe tries it";
      case SUSPECT -> "an attempt at it hangs; no second one is started";
      case FAILING_SHARE -> "failing destinations together hold their share of the clients";
      case UNPROVEN_SHARE -> "not yet proven; those together, or it alone, hold their share";
      case DESTINATION_SHARE -> "it holds its share of the clients";
      case CLIENTS -> "all clients but the reserve are in use";
      case WAITING_SHARE -> "waiting mail holds its share of the clients";
      case SLOW_SHARE -> "slow deliveries hold their share of the clients";
      case LONG_WAIT -> "no turn expected within the patience";
      case TIMED_OUT -> "no turn came within the patience";
      case RATE -> "its rate is used up";
      case BYTES -> "bytes in flight are at their limit";
      case BY_HAND -> "suspended by hand";
      case PUSHED_BACK -> "it turns deliveries away";
      case TABLE_FULL -> "too many destinations are busy at once";
      case CANCELLED -> "the client has gone";
      case CLOSED -> "stopping";
    };
  }

  /** Returns what can be turned, or what it waits for where nothing can. */
  public static String knob(Reason reason) {
    return switch (reason) {
      case SUSPENDED, SUSPECT -> "none: it comes back when a probe gets through";
      case FAILING_SHARE, UNPROVEN_SHARE, WAITING_SHARE, SLOW_SHARE, DESTINATION_SHARE ->
          "--max-clients, of which it is a share";
      case CLIENTS -> "--max-clients";
      case LONG_WAIT, TIMED_OUT -> "--patience";
      case RATE -> "the rate set for it";
      case BYTES -> "the byte limits set";
      case BY_HAND -> "resume";
      case PUSHED_BACK -> "none: its window follows what it takes";
      case TABLE_FULL -> "none: room comes as destinations fall idle";
      case CANCELLED, CLOSED -> "none";
    };
  }
}
