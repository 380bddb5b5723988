package org.mailweir.examples.relay.spool;

/**
 * How much the spool holds.
 *
 * @param messages messages with at least one entry
 * @param entries entries, of all destinations
 * @param bytes bytes of the messages' bodies
 * @param room bytes of bodies for which there is room; 0 if nothing is taken
 * @param damaged messages that could not be read and were set aside since the start
 */
public record SpoolTotals(long messages, long entries, long bytes, long room, long damaged) {}
