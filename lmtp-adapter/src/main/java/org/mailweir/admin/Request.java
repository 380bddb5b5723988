package org.mailweir.admin;

/**
 * One request.
 *
 * @param change whether something is to be changed (POST)
 * @param query behind the question mark, still encoded; empty if there is none
 * @param body of a change: JSON; else empty
 */
public record Request(boolean change, String query, String body) {}
