package org.mailweir.site;

import java.util.List;
import java.util.Locale;
import org.mailweir.dns.MailExchangers.Host;

/**
 * The hosts that take a domain's mail, by name. Names, not addresses: large providers change the
 * addresses behind a name every few minutes, and a certificate is valid for the name.
 *
 * <p>Thread safety: immutable.
 *
 * @param names in lower case, sorted, each once
 */
public record HostSet(List<String> names) {
  /** Copies the names, and brings them into order. */
  public HostSet {
    names = names.stream().map(name -> name.toLowerCase(Locale.ROOT)).distinct().sorted().toList();
  }

  /** Returns the set of these hosts' names. */
  public static HostSet of(List<Host> hosts) {
    return new HostSet(hosts.stream().map(Host::name).toList());
  }
}
