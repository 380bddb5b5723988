package org.mailweir.smtp;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.mailweir.core.TimeSource;
import org.mailweir.dns.MailExchangers.Host;
import org.mailweir.message.Destination;

/**
 * Remembers which address of a destination was ready, so that a dead first choice costs its delay
 * once, not with every message. After a while the order of preference holds again, however much
 * mail flows: a note is not renewed while it stands. Memory: some 200 bytes for each of 10,000 at
 * most.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class LastGood {
  private static final int DESTINATIONS = 10_000;

  private final Cache<Destination, InetAddress> addresses;

  LastGood(Duration time, TimeSource clock) {
    addresses =
        Caffeine.newBuilder()
            .maximumSize(DESTINATIONS)
            .expireAfterWrite(time)
            .ticker(clock::nanoTime)
            .executor(Runnable::run)
            .build();
  }

  /** Returns the hosts with the one that was ready in front. */
  List<Host> first(Destination destination, List<Host> hosts) {
    InetAddress good = addresses.getIfPresent(destination);
    if (good == null) {
      return hosts;
    }
    List<Host> ordered = new ArrayList<>(hosts);
    ordered.sort((a, b) -> Boolean.compare(b.address().equals(good), a.address().equals(good)));
    return ordered;
  }

  /** Notes that the address was ready. */
  void note(Destination destination, InetAddress address) {
    if (!address.equals(addresses.getIfPresent(destination))) {
      addresses.put(destination, address);
    }
  }
}
