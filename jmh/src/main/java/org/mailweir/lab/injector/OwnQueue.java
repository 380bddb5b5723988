package org.mailweir.lab.injector;

import org.mailweir.lab.mail.Letter;
import org.mailweir.lab.mail.Message;
import org.mailweir.lab.policy.Bench;
import org.mailweir.lab.policy.Relay;

/**
 * Hands mail to a relay that has its own queue; there are no clients to wait, and nothing comes
 * back.
 *
 * <p>Thread safety: none; a run is one thread.
 */
public final class OwnQueue implements Injector {
  private final Bench bench;
  private final Relay relay;

  /** Creates it for an empty relay. */
  public OwnQueue(Bench bench, Relay relay) {
    this.bench = bench;
    this.relay = relay;
  }

  @Override
  public void submit(Message message) {
    message.letters().forEach(relay::submit);
  }

  @Override
  public void defer(Message message, double due) {
    message.letters().forEach(letter -> relay.defer(letter, due));
  }

  @Override
  public void activate(Message message) {
    defer(message, 0);
  }

  @Override
  public void flush() {
    relay.flush();
  }

  @Override
  public int pending() {
    return (int)
        bench.recorder().letters().stream()
            .filter(letter -> letter.message().created() <= bench.time().seconds())
            .filter(letter -> !letter.isDelivered())
            .map(Letter::message)
            .count();
  }

  @Override
  public int clientsHeld() {
    return 0;
  }

  @Override
  public int mostClientsHeld() {
    return 0;
  }

  @Override
  public double meanClientsHeld() {
    return 0;
  }

  @Override
  public double longestInVain() {
    return 0;
  }
}
