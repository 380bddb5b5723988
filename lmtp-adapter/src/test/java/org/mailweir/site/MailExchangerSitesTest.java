package org.mailweir.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.dns.MailExchangers;
import org.mailweir.dns.MailExchangers.Host;
import org.mailweir.dns.MailExchangers.Hosts;
import org.mailweir.dns.MailExchangers.NoMail;
import org.mailweir.dns.MailExchangers.Route;
import org.mailweir.dns.MailExchangers.Unresolved;
import org.mailweir.message.Destination;

@Timeout(30)
class MailExchangerSitesTest {
  private static final Destination A = new Destination("a.test");
  private static final Destination B = new Destination("b.test");
  private static final Destination C = new Destination("c.test");

  private final Map<Destination, Route> routes = new ConcurrentHashMap<>();
  private final AtomicInteger lookups = new AtomicInteger();
  private final AtomicLong ahead = new AtomicLong();
  private final CountDownLatch resolver = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile boolean silent;

  /** Looks up at once, on the caller's thread, so that the cache's times are those of the test. */
  private MailExchangerSites sites = sites(Duration.ofSeconds(20), 10, Runnable::run);

  @AfterEach
  void stop() {
    resolver.countDown();
    threads.shutdownNow();
  }

  /** Returns one that looks up on threads of its own. */
  private MailExchangerSites sites(Duration patience, int waiters) {
    return sites(patience, waiters, threads);
  }

  private MailExchangerSites sites(Duration patience, int waiters, Executor executor) {
    MailExchangers exchangers =
        destination -> {
          lookups.incrementAndGet();
          if (silent) {
            resolver.await();
          }
          return routes.getOrDefault(destination, new NoMail(550, "5.1.2", "no such domain"));
        };
    return new MailExchangerSites(
        exchangers, executor, () -> Long.MAX_VALUE - 5 + ahead.get(), waiters, patience);
  }

  private void route(Destination destination, String... hosts) {
    List<Host> list = new ArrayList<>();
    for (String host : hosts) {
      list.add(new Host(host, address("127.0.0.1")));
    }
    routes.put(destination, new Hosts(list));
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private Destination siteOf(Destination destination) throws InterruptedException {
    sites.prepare(List.of(destination));
    return sites.of(destination);
  }

  @Test
  void domainsWithTheSameHostsAreOneSiteWhateverTheOrderOfTheHosts() throws Exception {
    route(A, "mx1.provider.test", "mx2.provider.test");
    route(B, "MX2.provider.test", "mx1.provider.test");
    assertThat(siteOf(A)).isEqualTo(A);
    assertThat(sites.isShared(A)).isFalse();
    assertThat(siteOf(B)).isEqualTo(A);
    assertThat(sites.isShared(A)).isTrue();
  }

  @Test
  void tenThousandDomainsOfOneProviderAreOneSite() throws Exception {
    List<Destination> domains =
        IntStream.range(0, 10_000).mapToObj(i -> new Destination("d" + i + ".test")).toList();
    domains.forEach(domain -> route(domain, "mx.provider.test"));
    for (Destination domain : domains) {
      assertThat(siteOf(domain)).isEqualTo(domains.get(0));
    }
  }

  @Test
  void domainsWithOneOfTwoHostsInCommonStayApart() throws Exception {
    route(A, "mx1.provider.test", "mx2.provider.test");
    route(B, "mx1.provider.test");
    assertThat(siteOf(A)).isEqualTo(A);
    assertThat(siteOf(B)).isEqualTo(B);
  }

  @Test
  void aDomainIsASiteOfItsOwnUntilItWasLookedUp() {
    route(A, "mx.provider.test");
    assertThat(sites.of(A)).isEqualTo(A);
    assertThat(sites.isShared(A)).isFalse();
    assertThat(sites.member(A)).isEqualTo(A);
    assertThat(lookups).hasValue(0);
  }

  @Test
  void doesNotWaitForASilentResolverAndLearnsLater() throws Exception {
    sites = sites(Duration.ofMillis(1), 10);
    route(A, "mx.provider.test");
    route(B, "mx.provider.test");
    silent = true;
    assertThat(siteOf(A)).isEqualTo(A);
    assertThat(siteOf(B)).isEqualTo(B);
    resolver.countDown();
    await().until(() -> sites.of(A).equals(sites.of(B)));
    assertThat(lookups).hasValue(2);
  }

  @Test
  void nobodyWaitsBeyondTheNumberThatMay() throws Exception {
    sites = sites(Duration.ofMinutes(10), 0);
    silent = true;
    assertThat(siteOf(A)).isEqualTo(A); // or the test's time is over
  }

  @Test
  void startsABoundedNumberOfLookups() throws Exception {
    sites = sites(Duration.ofNanos(1), 1);
    silent = true;
    for (int i = 0; i < 3 * MailExchangerSites.LOOKUPS; i++) {
      assertThat(siteOf(new Destination("d" + i + ".test")).name()).isEqualTo("d" + i + ".test");
    }
    await().until(() -> lookups.get() == MailExchangerSites.LOOKUPS);
    resolver.countDown();
    Destination skipped = new Destination("d" + (3 * MailExchangerSites.LOOKUPS - 1) + ".test");
    ahead.addAndGet(MailExchangerSites.SKIPPED.toNanos() + 1);
    await()
        .untilAsserted(
            () -> {
              sites.prepare(List.of(skipped));
              assertThat(lookups.get()).isGreaterThan(MailExchangerSites.LOOKUPS);
            });
  }

  @Test
  void asksAgainSoonAfterAFailedLookup() throws Exception {
    routes.put(A, new Unresolved("SERVFAIL"));
    assertThat(siteOf(A)).isEqualTo(A);
    assertThat(siteOf(A)).isEqualTo(A);
    assertThat(lookups).as("not with each message").hasValue(1);
    route(B, "mx.provider.test");
    assertThat(siteOf(B)).isEqualTo(B);
    route(A, "mx.provider.test");
    ahead.addAndGet(MailExchangerSites.UNRESOLVED.toNanos() + 1);
    assertThat(siteOf(A)).isEqualTo(B);
  }

  @Test
  void keepsWhatItKnowsWhileTheResolverFails() throws Exception {
    route(A, "mx.provider.test");
    route(B, "mx.provider.test");
    assertThat(siteOf(A)).isEqualTo(A);
    assertThat(siteOf(B)).isEqualTo(A);
    routes.put(B, new Unresolved("SERVFAIL"));
    ahead.addAndGet(MailExchangerSites.REFRESHED.toNanos() + 1);
    assertThat(siteOf(B)).isEqualTo(A);
    await().until(() -> lookups.get() >= 3);
    assertThat(siteOf(B)).isEqualTo(A);
  }

  @Test
  void learnsThatADomainHasMoved() throws Exception {
    route(A, "mx.provider.test");
    route(B, "mx.provider.test");
    assertThat(siteOf(A)).isEqualTo(A);
    assertThat(siteOf(B)).isEqualTo(A);
    route(B, "mx.other.test");
    ahead.addAndGet(MailExchangerSites.KEPT.toNanos() + 1);
    assertThat(siteOf(B)).isEqualTo(B);
  }

  @Test
  void aDomainThatMovesTakesItsNameAlongAndTheOthersGetANewOne() throws Exception {
    route(A, "mx.provider.test");
    route(B, "mx.provider.test");
    route(C, "mx.provider.test");
    assertThat(List.of(siteOf(A), siteOf(B))).containsExactly(A, A);
    route(A, "mx.other.test");
    ahead.addAndGet(MailExchangerSites.KEPT.toNanos() + 1);
    assertThat(siteOf(A)).isEqualTo(A);
    assertThat(sites.isShared(A)).isFalse();
    assertThat(List.of(siteOf(B), siteOf(C))).containsExactly(B, B);
  }

  @Test
  void namesADestinationThatIsStillThereForProbes() throws Exception {
    route(A, "mx.provider.test");
    route(B, "mx.provider.test");
    assertThat(siteOf(A)).isEqualTo(A);
    assertThat(siteOf(B)).isEqualTo(A);
    assertThat(sites.member(A)).isEqualTo(B);
  }

  @Test
  void forgetsAfterTheTimeForWhichTheAnswerIsBelieved() throws Exception {
    assertThat(siteOf(A)).isEqualTo(A);
    assertThat(siteOf(A)).isEqualTo(A);
    assertThat(lookups).hasValue(1);
    ahead.addAndGet(MailExchangerSites.KEPT.toNanos() + 1);
    assertThat(siteOf(A)).isEqualTo(A);
    assertThat(lookups).hasValue(2);
  }

  // -- over a restart

  @Test
  void aSiteKeepsItsNameOverARestart() throws Exception {
    route(A, "mx1.test", "mx2.test");
    route(B, "mx1.test", "mx2.test");
    sites.prepare(List.of(A));
    sites.prepare(List.of(B));
    MailExchangerSites next = restarted(Duration.ofHours(23));
    next.prepare(List.of(B));
    assertThat(next.of(B)).isEqualTo(A);
    assertThat(next.isShared(A)).isTrue();
    assertThat(next.member(A)).isEqualTo(B);
  }

  @Test
  void aSiteThatNobodyAskedForInADayIsForgottenOverARestartToo() throws Exception {
    route(A, "mx1.test");
    route(B, "mx1.test");
    sites.prepare(List.of(A));
    MailExchangerSites next = restarted(Duration.ofHours(24));
    next.prepare(List.of(B));
    assertThat(next.of(B)).isEqualTo(B);
  }

  private MailExchangerSites restarted(Duration away) throws IOException {
    StringWriter text = new StringWriter();
    sites.state().write(new JsonWriter(text));
    MailExchangerSites next = sites(Duration.ofSeconds(20), 10, Runnable::run);
    next.state().read(new JsonReader(new StringReader(text.toString())), away).run();
    return next;
  }
}
