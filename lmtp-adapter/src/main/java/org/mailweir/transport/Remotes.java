package org.mailweir.transport;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.mailweir.core.TimeSource;
import org.mailweir.dns.DnsClient;
import org.mailweir.dns.DnsMailExchangers;
import org.mailweir.dns.MailExchangers;
import org.mailweir.https.HttpsClients;
import org.mailweir.mxdeliv.MxdelivConnector;
import org.mailweir.mxdeliv.MxdelivSettings;
import org.mailweir.site.MailExchangerSites;
import org.mailweir.site.Sites;
import org.mailweir.smtp.SmtpClient;
import org.mailweir.smtp.SmtpConfig;
import org.mailweir.smtp.SmtpConnector;
import org.mailweir.smtp.SmtpCounters;
import org.mailweir.state.StateSection;
import org.mailweir.tls.DomainTlsPolicies;

/**
 * The way to other hosts, as a configuration has it: names are looked up, sites recognised, TLS
 * policies kept, connections opened and kept for reuse.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class Remotes implements AutoCloseable {
  private final HttpsClients https;
  private final SmtpClient smtp;
  private final MailExchangerSites sites;
  private final DomainTlsPolicies policies;
  private final Optional<MxdelivConnector> mxdeliv;

  /**
   * Prepares the way; connects to nothing.
   *
   * @param tasks runs lookups and connection attempts, which block
   * @param time of all timeouts
   */
  public Remotes(TransportConfig config, Executor tasks, TimeSource time) {
    RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
    DnsClient dns = new DnsClient(config.dns());
    MailExchangers exchangers = new DnsMailExchangers(dns, config.hostname(), random);
    // A tenth of the clients may wait for a name server: the reserve that refuses stays free.
    sites = new MailExchangerSites(exchangers, tasks, time, config.maxClients() / 10);
    https = new HttpsClients(dns);
    policies =
        DomainTlsPolicies.of(config.tls(), config.tlsPolicy()).lookingUp(dns, https, tasks, time);
    smtp =
        new SmtpClient(
            SmtpConfig.builder(config.hostname())
                .remotePort(config.remotePort())
                .connectTimeout(config.connectTimeout())
                .build(),
            policies,
            exchangers,
            tasks,
            time);
    mxdeliv =
        config.mxdeliv()
            ? Optional.of(
                new MxdelivConnector(
                    smtp, exchangers, policies, https, MxdelivSettings.standard(), tasks, time))
            : Optional.empty();
  }

  /** Returns which destinations are one, because the same hosts take their mail. */
  public Sites sites() {
    return sites;
  }

  /** Returns what of it is to be kept over restarts. */
  public List<StateSection> state() {
    return Stream.concat(Stream.of(sites.state()), policies.state().stream()).toList();
  }

  /** Returns what opens connections. */
  public SmtpConnector connector() {
    return mxdeliv.<SmtpConnector>map(channel -> channel).orElse(smtp);
  }

  /** Returns how many messages were taken over HTTPS. */
  public long takenOverHttps() {
    return mxdeliv.map(MxdelivConnector::taken).orElse(0L);
  }

  /** Returns what is open. */
  public SmtpCounters counters() {
    return smtp.counters();
  }

  /** Closes idle connections whose time is over; to be called each second or so. */
  public void evictExpired() {
    smtp.evictExpired();
  }

  @Override
  public void close() {
    smtp.close();
    https.close();
  }
}
