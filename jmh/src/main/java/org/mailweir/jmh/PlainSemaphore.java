package org.mailweir.jmh;

import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** One semaphore for all. */
final class PlainSemaphore implements AdmissionControl<Semaphore> {
  private final Semaphore clients = new Semaphore(Peer.CLIENTS);

  @Override
  public @Nullable Semaphore tryAdmit(String destination) {
    return clients.tryAcquire() ? clients : null;
  }

  @Override
  public void settle(Semaphore permit, boolean delivered) {
    permit.release();
  }
}
