package org.mailweir.examples.relay.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.mailweir.loopback.Arrival;
import org.mailweir.loopback.LmtpMessage;

/**
 * Balances the books: what has become of every recipient whose message was acknowledged.
 *
 * @param recipients of acknowledged messages
 * @param delivered of these, to whom the message went at least once
 * @param bounced of the others, whose sender was told
 * @param queued of the others, who still wait in the spool
 * @param lost the rest
 * @param duplicates arrivals beyond the first
 * @param unexplained of these, the ones that neither an answer that was not sent explains nor a
 *     kill between the arrivals
 * @param altered arrivals whose text is not what was handed in
 */
record Account(
    int recipients,
    int delivered,
    int bounced,
    int queued,
    List<String> lost,
    int duplicates,
    List<String> unexplained,
    List<String> altered) {
  static Account of(
      Map<Integer, LmtpMessage> acknowledged,
      Map<String, List<Arrival>> arrivals,
      Set<String> waiting,
      List<Long> kills) {
    int recipients = 0;
    int delivered = 0;
    int bounced = 0;
    int queued = 0;
    int duplicates = 0;
    List<String> lost = new ArrayList<>();
    List<String> unexplained = new ArrayList<>();
    List<String> altered = new ArrayList<>();
    for (Map.Entry<Integer, LmtpMessage> message : acknowledged.entrySet()) {
      String sender = ChaosLoad.sender(message.getKey());
      for (String recipient : message.getValue().recipients()) {
        recipients++;
        List<Arrival> his = arrivals.getOrDefault(recipient, List.of());
        if (!his.isEmpty()) {
          delivered++;
          duplicates += his.size() - 1;
          if (!areExplained(his, kills)) {
            unexplained.add(recipient + " " + his.size() + " times");
          }
          if (!his.stream().allMatch(each -> carries(each, message.getValue()))) {
            altered.add(recipient);
          }
        } else if (waiting.contains(recipient)) {
          queued++;
        } else if (tells(arrivals.getOrDefault(sender, List.of()), recipient)) {
          bounced++;
        } else if (waiting.contains(sender)) {
          queued++; // the notification
        } else {
          lost.add(recipient);
        }
      }
    }
    return new Account(
        recipients, delivered, bounced, queued, lost, duplicates, unexplained, altered);
  }

  /** Returns whether the relay could not know or keep the answer to each arrival but the last. */
  private static boolean areExplained(List<Arrival> arrivals, List<Long> kills) {
    List<Arrival> inOrder =
        arrivals.stream().sorted(Comparator.comparingLong(Arrival::dotNanos)).toList();
    for (int i = 1; i < inOrder.size(); i++) {
      Arrival first = inOrder.get(i - 1);
      if (first.answered() && !killedBetween(first.dotNanos(), inOrder.get(i).dotNanos(), kills)) {
        return false;
      }
    }
    return true;
  }

  private static boolean killedBetween(long from, long to, List<Long> kills) {
    return kills.stream().anyMatch(kill -> kill - from >= 0 && to - kill >= 0);
  }

  // Below the Received line that the relay has added.
  private static boolean carries(Arrival arrival, LmtpMessage message) {
    byte[] sent = message.content().bytes();
    byte[] got = arrival.content().orElseThrow().bytes();
    int from = got.length - sent.length;
    return from >= 0 && Arrays.equals(got, from, got.length, sent, 0, sent.length);
  }

  private static boolean tells(List<Arrival> notices, String recipient) {
    return notices.stream()
        .map(each -> new String(each.content().orElseThrow().bytes(), UTF_8))
        .anyMatch(text -> text.contains("rfc822; " + recipient));
  }
}
