package org.mailweir.postfix;

import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a {@link PrivatePostfix} is set up: a relay that hands all mail to one LMTP service, but for
 * domains with a route of their own.
 *
 * @param transport where the LMTP service listens
 * @param maxproc LMTP clients at once
 * @param routes transport for a domain, as in transport(5): {@code smtp:[127.1.1.1]:2525}
 * @param parameters of main.cf, which replace ours
 */
public record PostfixSettings(
    InetSocketAddress transport,
    int maxproc,
    Map<String, String> routes,
    Map<String, String> parameters) {
  /** Copies the maps. */
  public PostfixSettings {
    routes = Map.copyOf(routes);
    parameters = Map.copyOf(parameters);
  }

  /**
   * Returns the settings that the operations manual recommends: 100 LMTP clients, an active queue
   * of 20 more, long queue ids, XFORWARD, no feedback on the one next hop.
   */
  public static PostfixSettings recommended(InetSocketAddress transport) {
    return new PostfixSettings(transport, 100, Map.of(), Map.of());
  }

  /** Returns these with another number of LMTP clients. */
  public PostfixSettings maxproc(int count) {
    return new PostfixSettings(transport, count, routes, parameters);
  }

  /**
   * Returns these with a domain whose mail is delivered over SMTP to this host, past the LMTP
   * service but through the same queue manager: what local delivery is to a relay.
   */
  public PostfixSettings local(String domain, InetSocketAddress host) {
    Map<String, String> more = new LinkedHashMap<>(routes);
    more.put(domain, "smtp:[" + host.getAddress().getHostAddress() + "]:" + host.getPort());
    return new PostfixSettings(transport, maxproc, more, parameters);
  }

  /** Returns these with a parameter of main.cf. */
  public PostfixSettings with(String parameter, String value) {
    Map<String, String> more = new LinkedHashMap<>(parameters);
    more.put(parameter, value);
    return new PostfixSettings(transport, maxproc, routes, more);
  }
}
