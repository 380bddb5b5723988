package org.mailweir.jmh;

import org.jspecify.annotations.Nullable;
import org.mailweir.core.Attempt;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.Outcome;
import org.mailweir.core.Permit;

/** The gate with the defaults of the policy. Its time stands still, as it does between ticks. */
final class MailweirGate implements AdmissionControl<Permit> {
  private final DestinationGate<String> gate =
      DestinationGate.<String>builder().clients(Peer.CLIENTS).build();

  @Override
  public @Nullable Permit tryAdmit(String destination) {
    return gate.tryAdmit(destination, Attempt.FRESH) instanceof Permit permit ? permit : null;
  }

  @Override
  public void settle(Permit permit, boolean delivered) {
    permit.settle(delivered ? Outcome.DELIVERED : Outcome.UNREACHABLE);
  }
}
