package org.mailweir.transport;

import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
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
import org.mailweir.tls.DomainTlsPolicies;
import org.mailweir.tls.TlsPolicies;

/**
 * The way to other hosts, as a configuration has it: names are looked up, sites recognised, TLS
 * policies kept, connections opened and kept for reuse.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class Remotes implements AutoCloseable {
  private final HttpsClients https;
  private final SmtpClient smtp;
  private final Sites sites;
  private final SmtpConnector connector;

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
    TlsPolicies policies =
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
    connector =
        config.mxdeliv()
            ? new MxdelivConnector(
                smtp, exchangers, policies, https, MxdelivSettings.standard(), tasks, time)
            : smtp;
  }

  /** Returns which destinations are one, because the same hosts take their mail. */
  public Sites sites() {
    return sites;
  }

  /** Returns what opens connections. */
  public SmtpConnector connector() {
    return connector;
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
