package org.mailweir.examples.herd;

import java.util.Map;
import org.mailweir.core.Refusal.Reason;

/**
 * A run as seen at one moment. Counts begin when the herd comes.
 *
 * @param seconds since the herd came; below zero before
 * @param fresh mail to healthy hosts
 * @param clientsHeld clients that have been busy with one message for more than a second
 * @param herdAnswered messages of the herd with an answer
 * @param returned messages that the returned host has taken
 * @param refused by reason, those above zero only
 */
record Moment(
    double seconds,
    FreshMail.Account fresh,
    int clientsHeld,
    int herdAnswered,
    int returned,
    Map<Reason, Long> refused) {
  Moment {
    refused = Map.copyOf(refused);
  }
}
