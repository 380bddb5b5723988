package org.mailweir.delivery;

/**
 * What is under way at one moment.
 *
 * @param transactions LMTP transactions that were begun and not closed
 * @param deliveries attempts that deliver a message, from their start to their end
 * @param pastDot those of them whose final dot may have been sent: they cannot be taken back
 * @param detached attempts that go on without a client and can send nothing
 */
public record DeliveryCounts(int transactions, int deliveries, int pastDot, int detached) {}
