package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.GateModel.Client;
import org.mailweir.core.GateModel.State;

/** One admission of a {@link GateModel}. */
final class GateTicket {
  final int id;
  final String destination;
  final Attempt attempt;
  final Client client;
  final long asked;
  final long patience;
  final int requeues;
  CompletableFuture<Admission> answer = new CompletableFuture<>();
  State state = State.WAITING;
  boolean waited;
  boolean unproven;
  boolean unprovenRetried; // or not known to be fresh
  boolean failing;
  int answers;
  long began;
  @Nullable Permit permit;

  GateTicket(
      int id, String to, Attempt attempt, Client client, long asked, long wait, int requeues) {
    this.id = id;
    this.destination = to;
    this.attempt = attempt;
    this.client = client;
    this.asked = asked;
    this.patience = wait;
    this.requeues = requeues;
  }

  boolean retried() {
    return attempt == Attempt.RETRIED && requeues == 0;
  }

  Permit permit() {
    assertThat(permit).isNotNull();
    return permit;
  }
}
