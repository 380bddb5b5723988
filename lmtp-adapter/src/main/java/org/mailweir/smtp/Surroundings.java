package org.mailweir.smtp;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.mailweir.core.TimeSource;
import org.mailweir.tls.TlsPolicies;

/**
 * What all conversations of one client share: clock, deadlines, TLS, what is known of addresses,
 * and the counts of sockets.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class Surroundings {
  private final TimeSource clock;
  private final TlsPolicies tls;
  private final AddressBook addresses;
  private final Watchdog watchdog = new Watchdog();
  private final AtomicInteger open = new AtomicInteger();
  private final LongAdder opened = new LongAdder();

  Surroundings(TimeSource clock, TlsPolicies tls, AddressBook addresses) {
    this.clock = clock;
    this.tls = tls;
    this.addresses = addresses;
  }

  TimeSource clock() {
    return clock;
  }

  TlsPolicies tls() {
    return tls;
  }

  AddressBook addresses() {
    return addresses;
  }

  /** Returns a socket that is counted from now until it is closed. */
  Wire newWire() throws IOException {
    open.incrementAndGet();
    boolean made = false;
    try {
      Wire wire = new Wire(watchdog, clock, open::decrementAndGet);
      made = true;
      return wire;
    } finally {
      if (!made) {
        open.decrementAndGet();
      }
    }
  }

  /** Counts a connection that TCP has made. */
  void socketConnected() {
    opened.increment();
  }

  /** Returns sockets open now, those that are not yet connected too. */
  int open() {
    return open.get();
  }

  /** Returns TCP connections made in all. */
  long opened() {
    return opened.sum();
  }
}
