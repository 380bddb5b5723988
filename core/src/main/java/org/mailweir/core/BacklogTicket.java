package org.mailweir.core;

/**
 * The ticket for a message: its place, and which of those that have been there it is. The message
 * does not know it, so it takes memory (24 B) while its owner keeps it, and no longer.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class BacklogTicket implements Ticket {
  private final GatedBacklog<?, ?> backlog;
  private final int place;
  private final int generation;

  BacklogTicket(GatedBacklog<?, ?> backlog, int place, int generation) {
    this.backlog = backlog;
    this.place = place;
    this.generation = generation;
  }

  @Override
  public boolean cancel() {
    return backlog.cancel(place, generation);
  }

  @Override
  public boolean isPending() {
    return backlog.isPending(place, generation);
  }
}
