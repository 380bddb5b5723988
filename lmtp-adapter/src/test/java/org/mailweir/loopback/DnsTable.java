package org.mailweir.loopback;

import com.google.common.collect.ImmutableList;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.TextParseException;

/**
 * A zone held in memory, that can be changed while it is served. Names that are not in it do not
 * exist. Domains are given without the final dot; a later entry for the same name replaces the
 * earlier one.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class DnsTable implements DnsZone {
  /** Most names: far above any test, so that a loop gone wild fails early. */
  private static final int MAX_NAMES = 200_000;

  private static final DnsAnswer NO_SUCH_NAME = new DnsAnswer.NoSuchName();

  private sealed interface Entry {
    record Known(ImmutableList<Record> records) implements Entry {}

    record Fixed(DnsAnswer answer) implements Entry {}
  }

  private final Map<Name, Entry> entries = new ConcurrentHashMap<>();
  private final long ttlSeconds;

  /** Creates an empty table whose records live for a minute. */
  public DnsTable() {
    this(60);
  }

  /** Creates an empty table whose records live for so many seconds. */
  public DnsTable(long ttlSeconds) {
    this.ttlSeconds = ttlSeconds;
  }

  /**
   * Adds a domain with one MX host for each address, in falling preference: {@code mx1.domain} with
   * preference 10, {@code mx2.domain} with 20, and so on.
   */
  public DnsTable mail(String domain, InetAddress... addresses) {
    ImmutableList.Builder<Record> exchangers = ImmutableList.builder();
    for (int i = 0; i < addresses.length; i++) {
      String host = "mx" + (i + 1) + "." + domain;
      exchangers.add(mxRecord(domain, 10 * (i + 1), name(host)));
      host(host, addresses[i]);
    }
    return put(domain, new Entry.Known(exchangers.build()));
  }

  /**
   * Adds a domain with one MX record of this preference for each host; the hosts are added apart.
   */
  public DnsTable exchangers(String domain, int preference, String... hosts) {
    ImmutableList.Builder<Record> exchangers = ImmutableList.builder();
    for (String host : hosts) {
      exchangers.add(mxRecord(domain, preference, name(host)));
    }
    return put(domain, new Entry.Known(exchangers.build()));
  }

  /** Adds a host with A and AAAA records and no MX: also a domain with an implicit MX. */
  public DnsTable host(String host, InetAddress... addresses) {
    ImmutableList.Builder<Record> records = ImmutableList.builder();
    Name name = name(host);
    for (InetAddress address : addresses) {
      records.add(
          address instanceof Inet6Address
              ? new AAAARecord(name, DClass.IN, ttlSeconds, address)
              : new ARecord(name, DClass.IN, ttlSeconds, address));
    }
    return put(host, new Entry.Known(records.build()));
  }

  /** Adds a domain that takes no mail (RFC 7505). */
  public DnsTable nullMx(String domain) {
    return put(domain, new Entry.Known(ImmutableList.of(mxRecord(domain, 0, Name.root))));
  }

  /** Makes every question for the name fail (SERVFAIL). */
  public DnsTable failing(String name) {
    return put(name, new Entry.Fixed(new DnsAnswer.Failure(Rcode.SERVFAIL)));
  }

  /** Makes every question for the name go unanswered. */
  public DnsTable silent(String name) {
    return put(name, new Entry.Fixed(new DnsAnswer.Silence()));
  }

  /** Removes a name: it does not exist any more. Its MX hosts stay. */
  public DnsTable remove(String name) {
    entries.remove(name(name));
    return this;
  }

  @Override
  public DnsAnswer answer(Name name, int type) {
    Entry entry = entries.get(name);
    if (entry instanceof Entry.Known known) {
      return new DnsAnswer.Records(
          known.records().stream().filter(r -> r.getType() == type).toList());
    }
    return entry instanceof Entry.Fixed fixed ? fixed.answer() : NO_SUCH_NAME;
  }

  private DnsTable put(String name, Entry entry) {
    if (entries.size() >= MAX_NAMES) {
      throw new IllegalStateException("more than " + MAX_NAMES + " names");
    }
    entries.put(name(name), entry);
    return this;
  }

  private Record mxRecord(String domain, int preference, Name host) {
    return new MXRecord(name(domain), DClass.IN, ttlSeconds, preference, host);
  }

  /** Returns the answer that consists of these records. */
  public static DnsAnswer records(Record... records) {
    return new DnsAnswer.Records(List.of(records));
  }

  private static Name name(String name) {
    try {
      return Name.fromString(name.toLowerCase(Locale.ROOT), Name.root);
    } catch (TextParseException e) {
      throw new IllegalArgumentException(name, e);
    }
  }
}
