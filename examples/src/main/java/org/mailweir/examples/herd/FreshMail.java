package org.mailweir.examples.herd;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.mailweir.loopback.Arrival;
import org.mailweir.loopback.LmtpMessage;
import org.mailweir.loopback.Waits;

/**
 * Follows fresh mail from the moment that it is handed to the queue to the moment that its delivery
 * starts: that the host reads MAIL.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class FreshMail {
  private final Map<String, Long> handedIn = new ConcurrentHashMap<>();
  private final Map<String, Long> waits = new ConcurrentHashMap<>();

  /** Notes that a message with one recipient is handed in now, and returns it. */
  LmtpMessage handIn(LmtpMessage message) {
    handedIn.put(message.recipients().get(0), System.nanoTime());
    return message;
  }

  /** Notes what has arrived, if it is ours. */
  void arrived(Arrival arrival) {
    for (String recipient : arrival.recipients()) {
      Long began = handedIn.get(recipient);
      if (began != null) {
        waits.putIfAbsent(recipient, arrival.mailNanos() - began);
      }
    }
  }

  /** How mail fared up to one moment. What has not arrived has waited until then. */
  record Account(int handedIn, int delivered, double withinASecond, double p99Seconds) {}

  /** Takes stock of the mail that was handed in since then. */
  Account since(long fromNanos) {
    long now = System.nanoTime();
    Waits all = new Waits();
    int handed = 0;
    int delivered = 0;
    int prompt = 0;
    for (Map.Entry<String, Long> message : handedIn.entrySet()) {
      if (message.getValue() - fromNanos < 0) {
        continue;
      }
      Long waited = waits.get(message.getKey());
      long wait = waited != null ? waited : now - message.getValue();
      handed++;
      delivered += waited != null ? 1 : 0;
      prompt += waited != null && wait <= 1_000_000_000L ? 1 : 0;
      all.add(wait);
    }
    double share = handed == 0 ? 1 : (double) prompt / handed;
    return new Account(handed, delivered, share, all.percentile(99));
  }
}
