package org.mailweir.smtp;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mailweir.core.TimeSource;
import org.mailweir.dns.MailExchangers.Host;
import org.mailweir.message.Reply;
import org.mailweir.site.HostSet;

/**
 * What attempts have taught about addresses, so that a dead one costs its delay once, whichever
 * mail it was for.
 *
 * <ul>
 *   <li>Of a set of hosts, the address that was ready goes first for a while. Then the order of
 *       preference holds again, however much mail flows: the note is not renewed while it stands.
 *   <li>An address that did not answer goes last for {@link #TROUBLE}, behind hosts of less
 *       preference too: they cost nothing if they fail, and it costs seconds.
 *   <li>So does one at which an attempt hangs, from {@link #HANGS} on: until its timeout ends it, a
 *       dead host that many names lead to would have a client wait for each of them.
 *   <li>Where no address of a set answered a moment ago, and none of them was ready of late, mail
 *       for other hosts by these addresses fails at once. Not for the same hosts: whether those are
 *       tried again is for others to decide.
 * </ul>
 *
 * <p>Memory: some 200 bytes for each of at most 10,000 sets and 20,000 addresses.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class AddressBook {
  static final Duration TROUBLE = Duration.ofSeconds(60);

  /**
   * For which an attempt has no connection yet when its address counts as one in trouble: the time
   * of four SYNs, sent after 0, 1, 3 and 7 s.
   */
  static final Duration HANGS = Duration.ofSeconds(8);

  private static final int SETS = 10_000;
  private static final int ADDRESSES = 10_000;

  private final Cache<HostSet, InetAddress> lastGood;
  private final Cache<InetAddress, Boolean> ready;
  private final Cache<InetAddress, Trouble> trouble;
  private final TimeSource clock;

  /** The attempts that have no connection yet; as many as there are. */
  private final Map<InetAddress, List<Trying>> trying = new ConcurrentHashMap<>();

  /** That an address did not answer, for mail to which hosts, and what was seen. */
  private record Trouble(HostSet hosts, String what) {}

  /** An attempt that has no connection yet: at which of these hosts, and since when. */
  private record Trying(HostSet hosts, Peer peer, long since) {}

  /**
   * Creates an empty one.
   *
   * @param goodTime for which the address that was ready goes first
   */
  AddressBook(Duration goodTime, TimeSource clock) {
    lastGood = cache(SETS, goodTime, clock);
    ready = cache(ADDRESSES, goodTime, clock);
    trouble = cache(ADDRESSES, TROUBLE, clock);
    this.clock = clock;
  }

  /** Returns the hosts in the order in which they are to be tried. */
  List<Host> ordered(List<Host> hosts) {
    InetAddress good = lastGood.getIfPresent(HostSet.of(hosts));
    List<Host> ordered = new ArrayList<>(hosts);
    ordered.sort(Comparator.comparingInt(host -> rank(host.address(), good)));
    return ordered;
  }

  private int rank(InetAddress address, @Nullable InetAddress good) {
    if (trouble.getIfPresent(address) != null || hanging(address).findAny().isPresent()) {
      return 2;
    }
    return address.equals(good) ? 0 : 1;
  }

  /** Returns why trying these hosts makes no sense now; empty if it may. */
  Optional<Reply> hopeless(List<Host> hosts) {
    HostSet set = HostSet.of(hosts);
    String what = "";
    for (Host host : hosts) {
      String seen = troubleOfOthers(set, host.address());
      if (seen.isEmpty() || ready.getIfPresent(host.address()) != null) {
        return Optional.empty();
      }
      what = what.isEmpty() ? seen : what;
    }
    return Optional.of(new Reply(451, "4.4.1", Verdicts.bounded(what)));
  }

  /** Returns what mail for other hosts at an address has met; empty if nothing. */
  private String troubleOfOthers(HostSet set, InetAddress address) {
    Trouble known = trouble.getIfPresent(address);
    if (known != null && !known.what.isEmpty() && !known.hosts.equals(set)) {
      return known.what + " (seen a moment ago, with mail for other hosts at that address)";
    }
    return hanging(address)
        .filter(attempt -> !attempt.hosts.equals(set))
        .findFirst()
        .map(
            attempt ->
                attempt.peer.connecting()
                    + "no answer for "
                    + TimeUnit.NANOSECONDS.toSeconds(clock.nanoTime() - attempt.since)
                    + " s (so far, with mail for other hosts at that address)")
        .orElse("");
  }

  private Stream<Trying> hanging(InetAddress address) {
    long longest = clock.nanoTime() - HANGS.toNanos();
    return trying.getOrDefault(address, List.of()).stream()
        .filter(attempt -> attempt.since - longest <= 0);
  }

  /**
   * Notes that an address is tried, until the result is closed: it is connected, or failed.
   *
   * @param hosts of the mail that it is tried for
   */
  Attempt trying(HostSet hosts, Peer peer) {
    Trying one = new Trying(hosts, peer, clock.nanoTime());
    trying.merge(peer.address(), List.of(one), AddressBook::joined);
    return () -> trying.computeIfPresent(peer.address(), (address, all) -> without(all, one));
  }

  /** An attempt that is noted until it is closed. */
  interface Attempt extends AutoCloseable {
    @Override
    void close();
  }

  private static List<Trying> joined(List<Trying> some, List<Trying> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }

  private static @Nullable List<Trying> without(List<Trying> all, Trying one) {
    List<Trying> rest = all.stream().filter(each -> each != one).toList();
    return rest.isEmpty() ? null : rest;
  }

  /** Notes that an address was ready. */
  void ready(HostSet hosts, InetAddress address) {
    trouble.invalidate(address);
    ready.put(address, true);
    if (!address.equals(lastGood.getIfPresent(hosts))) {
      lastGood.put(hosts, address);
    }
  }

  /** Notes that an address did not answer, with what was seen. */
  void failed(HostSet hosts, InetAddress address, String what) {
    trouble.put(address, new Trouble(hosts, what));
  }

  /** Notes that an address did not answer as soon as another one did. */
  void outrun(HostSet hosts, InetAddress address) {
    if (trouble.getIfPresent(address) == null) {
      trouble.put(address, new Trouble(hosts, ""));
    }
  }

  private static <K, V> Cache<K, V> cache(int most, Duration kept, TimeSource clock) {
    return Caffeine.newBuilder()
        .maximumSize(most)
        .expireAfterWrite(kept)
        .ticker(clock::nanoTime)
        .executor(Runnable::run)
        .build();
  }
}
