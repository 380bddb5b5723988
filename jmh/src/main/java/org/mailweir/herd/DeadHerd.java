package org.mailweir.herd;

import java.util.Collections;
import java.util.Map;
import org.mailweir.core.Refusal;

/**
 * A herd for dead destinations, flushed at once into everyday mail: scenarios S1 to S3. One seed,
 * one result.
 *
 * <p>The herd is flushed after a minute; everyday mail comes for {@value #MAIL_UNTIL} s, and the
 * simulation ends ten minutes later, when all that was deferred by mistake had its next try.
 *
 * @param messages messages of the herd, spread evenly over its destinations
 * @param destinations dead destinations (each attempt hangs for 60 s), at least 1
 * @param clients clients in all, at least 10
 * @param agesKnown whether the relay tells the gate which mail is fresh
 * @param age age of the herd's messages at the start, in seconds
 * @param seed seed of all that is drawn
 */
public record DeadHerd(
    int messages, int destinations, int clients, boolean agesKnown, int age, long seed) {
  static final double MAIL_UNTIL = 700;
  private static final double FLUSH_AT = 60;
  private static final double END = MAIL_UNTIL + 600;

  /**
   * What a run showed.
   *
   * @param proven waits of fresh mail for sites known before
   * @param unseen waits of fresh mail for healthy sites never seen before
   * @param longestHold longest that a refused message held its client, in seconds
   * @param mostSockets most connections open at once
   * @param refusals how many admissions were refused, by reason
   */
  public record Result(
      Waits proven,
      Waits unseen,
      double longestHold,
      int mostSockets,
      Map<Refusal.Reason, Integer> refusals) {}

  /** Runs the simulation on the calling thread; 20,000 messages take it less than a second. */
  public Result run() {
    Relay relay = new Relay(clients, agesKnown, seed);
    EverydayMail.plan(relay, MAIL_UNTIL);
    for (int i = 0; i < destinations; i++) {
      relay.add("dead" + i, Site.dead());
    }
    for (int i = 0; i < messages; i++) {
      relay.defer("dead" + i % destinations, age);
    }
    relay.time.after(FLUSH_AT, relay::flush);
    relay.time.runUntil(END);
    return new Result(
        EverydayMail.toProven(relay),
        EverydayMail.toUnseen(relay),
        relay.longestHold,
        relay.mostSockets,
        Collections.unmodifiableMap(relay.refusals));
  }
}
