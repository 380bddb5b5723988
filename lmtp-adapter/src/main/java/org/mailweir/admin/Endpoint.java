package org.mailweir.admin;

/**
 * Answers requests to one path of the admin server.
 *
 * <p>Thread safety: called by any thread. What it throws is logged, and the client gets 500.
 */
@FunctionalInterface
public interface Endpoint {
  /** Answers one request: GET (HEAD is asked for as GET), or POST where changes are taken. */
  Answer answer(Request request);
}
