package org.mailweir.stores;

/**
 * What was measured of one candidate.
 *
 * @param accept messages a second that became durable, by clients
 * @param defer envelopes a second written anew, 50 clients
 * @param settle messages a second removed, 50 clients
 * @param writtenPerMessage bytes that the process wrote to the disk for one accepted message
 * @param leftAfterSettle bytes of the store's files when all was removed, per accepted message
 * @param scanMillis to open a store of {@code scanned} envelopes and to read them all
 * @param scanBytes bytes of its files
 */
record Figures(
    String candidate,
    Accept accept,
    double defer,
    double settle,
    long writtenPerMessage,
    long leftAfterSettle,
    long scanned,
    long scanMillis,
    long scanBytes) {
  record Accept(double clients1, double clients10, double clients50) {}
}
