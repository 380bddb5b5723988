package org.mailweir.mxdeliv;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Collection;
import org.mailweir.core.TimeSource;

/**
 * Remembers by name which hosts take mail over HTTPS, and which do not. Memory: at most {@value
 * #HOSTS} names of each, some 200 bytes each.
 *
 * <p>Only a delivery by SMTP makes a host one that lacks HTTPS. If a failure of HTTPS did, one
 * hiccup would shut out a host whose port 25 is blocked for half an hour. And the time is not
 * renewed by further deliveries, or a busy host would be asked again never.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class ChannelMemory {
  private static final int HOSTS = 50_000;

  private final Cache<String, Boolean> lacking;
  private final Cache<String, Boolean> proven;

  ChannelMemory(MxdelivSettings settings, TimeSource clock) {
    lacking =
        Caffeine.newBuilder()
            .maximumSize(HOSTS)
            .expireAfterWrite(settings.lacksTime())
            .ticker(clock::nanoTime)
            .build();
    proven =
        Caffeine.newBuilder()
            .maximumSize(HOSTS)
            .expireAfterWrite(settings.provenTime())
            .ticker(clock::nanoTime)
            .build();
  }

  /** Returns whether this host is left to SMTP for now. */
  boolean lacks(String host) {
    return lacking.getIfPresent(host) != null;
  }

  /** Returns whether this host has taken a message a moment ago. */
  boolean isProven(String host) {
    return proven.getIfPresent(host) != null;
  }

  /** Notes that a host took a message over HTTPS. */
  void took(String host) {
    proven.put(host, true);
    lacking.invalidate(host);
  }

  /**
   * Notes that these hosts did not take a message over HTTPS, but their domain's took it by SMTP.
   */
  void leaveToSmtp(Collection<String> hosts) {
    hosts.forEach(
        host -> {
          lacking.put(host, true);
          proven.invalidate(host);
        });
  }

  /** Notes that these hosts cannot be reached by SMTP either: HTTPS is worth another try. */
  void tryAgain(Collection<String> hosts) {
    lacking.invalidateAll(hosts);
  }
}
