package org.mailweir.smtp;

/**
 * Counts of one client's connections.
 *
 * @param open sockets open now: in use, idle, and still connecting
 * @param idle connections kept for reuse now
 * @param opened TCP connections made in all
 * @param reused how often an idle connection was taken instead, in all
 */
public record SmtpCounters(int open, int idle, long opened, long reused) {}
