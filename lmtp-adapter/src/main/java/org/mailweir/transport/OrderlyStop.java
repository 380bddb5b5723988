package org.mailweir.transport;

import java.time.Duration;
import org.mailweir.core.DestinationGate;
import org.mailweir.delivery.DeliveryCounts;
import org.mailweir.delivery.DeliveryFactory;
import org.mailweir.lmtp.LmtpServer;
import org.mailweir.message.Destination;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends all mail under way such that none is lost and none is sent twice: a delivery past its final
 * dot cannot be taken back, so its answer is waited for and handed on.
 */
final class OrderlyStop {
  private static final Logger log = LoggerFactory.getLogger(OrderlyStop.class);
  private static final Duration LOOK = Duration.ofMillis(200);

  // Results that are known have to reach the client: as long as a reply may take on its way.
  private static final Duration LAST_REPLIES = Duration.ofSeconds(3);

  private final LmtpServer lmtp;
  private final DeliveryFactory deliveries;
  private final DestinationGate<Destination> gate;

  OrderlyStop(LmtpServer lmtp, DeliveryFactory deliveries, DestinationGate<Destination> gate) {
    this.lmtp = lmtp;
    this.deliveries = deliveries;
    this.gate = gate;
  }

  /** Returns when all is ended, or at once if the thread is interrupted. */
  void run(Duration grace) {
    log.info("Stopping: {} transactions open", lmtp.transactions());
    lmtp.drain();
    deliveries.stop();
    gate.close();
    try {
      if (!lmtp.awaitTransactions(grace)) {
        deliveries.abortBeforeDot();
        awaitDots();
        lmtp.awaitTransactions(LAST_REPLIES);
      }
      deliveries.awaitDeliveries(LAST_REPLIES); // or what they have learned is not kept
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
      log.warn("The stop is cut short: {} transactions open", lmtp.transactions());
    }
  }

  // Each delivery ends at its own deadline at the latest, so this does too.
  private void awaitDots() throws InterruptedException {
    int told = 0;
    for (DeliveryCounts now = deliveries.counts(); now.pastDot() > 0; now = deliveries.counts()) {
      if (now.pastDot() != told) {
        told = now.pastDot();
        log.info("Waiting for the answers to {} messages that are sent already", told);
      }
      if (lmtp.awaitTransactions(LOOK)) {
        return;
      }
    }
  }
}
