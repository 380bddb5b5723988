package org.mailweir.dns;

import java.net.Inet6Address;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.mailweir.dns.MailExchangers.Host;

/** Puts mail exchangers and their addresses in the order in which they are tried. */
final class RouteOrder {
  private RouteOrder() {}

  /** A mail exchanger by name; the name has no dot at its end. */
  record Exchanger(int preference, String name) {}

  /** Returns them by preference, those of one preference in random order (RFC 5321 section 5.1). */
  static List<Exchanger> byPreference(List<Exchanger> exchangers, RandomGenerator random) {
    Map<Integer, List<Exchanger>> groups = new TreeMap<>();
    for (Exchanger each : exchangers) {
      groups.computeIfAbsent(each.preference(), preference -> new ArrayList<>()).add(each);
    }
    List<Exchanger> ordered = new ArrayList<>();
    for (List<Exchanger> group : groups.values()) {
      shuffle(group, random);
      ordered.addAll(group);
    }
    return ordered;
  }

  /** Returns the addresses of one preference, families in turn, IPv6 first (RFC 8305 section 4). */
  static List<Host> interleaved(List<Host> hosts) {
    List<Host> six = new ArrayList<>();
    List<Host> four = new ArrayList<>();
    for (Host host : hosts) {
      (host.address() instanceof Inet6Address ? six : four).add(host);
    }
    List<Host> ordered = new ArrayList<>();
    Iterator<Host> nextSix = six.iterator();
    Iterator<Host> nextFour = four.iterator();
    while (nextSix.hasNext() || nextFour.hasNext()) {
      if (nextSix.hasNext()) {
        ordered.add(nextSix.next());
      }
      if (nextFour.hasNext()) {
        ordered.add(nextFour.next());
      }
    }
    return ordered;
  }

  private static <T> void shuffle(List<T> list, RandomGenerator random) {
    // Fisher-Yates, as Collections.shuffle takes a RandomGenerator from Java 21 on only.
    for (int i = list.size() - 1; i > 0; i--) {
      Collections.swap(list, i, random.nextInt(i + 1));
    }
  }
}
