package org.mailweir.admin;

import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps out who may not see mail or change anything: other machines, and web pages open in a
 * browser on this one.
 *
 * <p>A page elsewhere can make the operator's browser send requests to us. It cannot do so without
 * an {@code Origin} or {@code Sec-Fetch-Site}, cannot send JSON without asking first (which is
 * answered 405), and where it has had its own name point to our address (DNS rebinding) it sends
 * that name as {@code Host}.
 */
final class Door {
  private Door() {}

  /** Returns why a request is not answered, in a line for the client; empty if it may be. */
  static Optional<String> objection(HttpExchange exchange, boolean change) {
    Headers headers = exchange.getRequestHeaders();
    if (!exchange.getRemoteAddress().getAddress().isLoopbackAddress()) {
      return Optional.of("only from this machine: use it there, or through ssh");
    }
    if (!isOurs(headers.getFirst("Host"))) {
      return Optional.of("the Host must be an address, or localhost");
    }
    if (headers.containsKey("Origin") || headers.containsKey("Sec-Fetch-Site")) {
      return Optional.of("not from a browser: use the command line");
    }
    String type = Optional.ofNullable(headers.getFirst("Content-Type")).orElse("");
    if (change && !type.toLowerCase(Locale.ROOT).matches("application/json(\\s*;.*)?")) {
      return Optional.of("the Content-Type must be application/json");
    }
    return Optional.empty();
  }

  private static boolean isOurs(@Nullable String host) {
    if (host == null) {
      return false;
    }
    try {
      String name = HostAndPort.fromString(host).getHost();
      return name.equalsIgnoreCase("localhost") || InetAddresses.isInetAddress(name);
    } catch (IllegalArgumentException malformed) {
      return false;
    }
  }
}
