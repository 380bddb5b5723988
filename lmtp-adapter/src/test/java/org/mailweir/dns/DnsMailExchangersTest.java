package org.mailweir.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.dns.MailExchangers.Host;
import org.mailweir.dns.MailExchangers.Hosts;
import org.mailweir.dns.MailExchangers.NoMail;
import org.mailweir.dns.MailExchangers.Route;
import org.mailweir.dns.MailExchangers.Unresolved;
import org.mailweir.message.Destination;
import org.xbill.DNS.Rcode;

@Timeout(60)
class DnsMailExchangersTest {
  private ScriptedDns dns;
  private DnsMailExchangers exchangers;

  @BeforeEach
  void start() throws Exception {
    dns = new ScriptedDns();
    exchangers = exchangers(Duration.ofSeconds(10), Duration.ofSeconds(20));
  }

  @AfterEach
  void stop() throws IOException {
    dns.close();
  }

  private DnsMailExchangers exchangers(Duration eachTry, Duration overall) {
    return new DnsMailExchangers(
        new Questions(List.of(dns.address()), eachTry, overall), "relay.test", new Random(1));
  }

  private Route lookup(String name) throws InterruptedException {
    return exchangers.lookup(new Destination(name));
  }

  private List<String> hosts(String name) throws InterruptedException {
    List<String> hosts = new ArrayList<>();
    for (Host host : ((Hosts) lookup(name)).hosts()) {
      hosts.add(host.name() + '=' + host.address().getHostAddress());
    }
    return hosts;
  }

  @Test
  void sortsByPreference() throws Exception {
    dns.add("a.test. MX 20 mx2.a.test.", "a.test. MX 10 mx1.a.test.", "a.test. MX 30 mx3.a.test.")
        .add("mx1.a.test. A 192.0.2.1", "mx2.a.test. A 192.0.2.2", "mx3.a.test. A 192.0.2.3");
    assertThat(hosts("a.test"))
        .containsExactly("mx1.a.test=192.0.2.1", "mx2.a.test=192.0.2.2", "mx3.a.test=192.0.2.3");
  }

  @Test
  void shufflesEqualPreferences() throws Exception {
    dns.add("a.test. MX 10 x.a.test.", "a.test. MX 10 y.a.test.", "a.test. MX 20 z.a.test.")
        .add("x.a.test. A 192.0.2.1", "y.a.test. A 192.0.2.2", "z.a.test. A 192.0.2.3");
    TreeSet<String> first = new TreeSet<>();
    for (int i = 0; i < 50; i++) {
      List<String> hosts = hosts("a.test");
      first.add(hosts.get(0));
      assertThat(hosts).hasSize(3).endsWith("z.a.test=192.0.2.3");
    }
    assertThat(first).containsExactly("x.a.test=192.0.2.1", "y.a.test=192.0.2.2");
  }

  @Test
  void interleavesFamiliesWithinAPreference() throws Exception {
    dns.add("a.test. MX 10 x.a.test.", "a.test. MX 20 y.a.test.")
        .add("x.a.test. A 192.0.2.1", "x.a.test. A 192.0.2.2", "x.a.test. AAAA 2001:db8::1")
        .add("y.a.test. AAAA 2001:db8::2");
    List<String> hosts = hosts("a.test");
    assertThat(hosts)
        .hasSize(4)
        .startsWith("x.a.test=2001:db8:0:0:0:0:0:1")
        .endsWith("y.a.test=2001:db8:0:0:0:0:0:2");
  }

  @Test
  void takesTheDomainItselfWhereThereIsNoMx() throws Exception {
    dns.add("a.test. A 192.0.2.1", "a.test. AAAA 2001:db8::1");
    assertThat(hosts("a.test")).containsExactly("a.test=2001:db8:0:0:0:0:0:1", "a.test=192.0.2.1");
  }

  @Test
  void followsAliases() throws Exception {
    dns.add("a.test. CNAME b.test.", "b.test. MX 10 mx.b.test.")
        .add("mx.b.test. CNAME c.test.", "c.test. A 192.0.2.1");
    assertThat(hosts("a.test")).containsExactly("mx.b.test=192.0.2.1");
  }

  @ParameterizedTest
  @CsvSource({
    "null.test, 556, 5.1.10",
    "nowhere.test, 550, 5.1.2",
    "empty.test, 550, 5.4.4",
    "lost.test, 550, 5.4.4",
    "wild.test, 550, 5.4.4",
    "loop.test, 554, 5.4.6",
    "bad..name, 550, 5.1.2",
    "'[300.1.1.1]', 550, 5.1.2",
    "'[', 550, 5.1.2"
  })
  void tellsWhoTakesNoMailForGood(String name, int code, String status) throws Exception {
    dns.add("null.test. MX 0 .", "empty.test. TXT x", "lost.test. MX 10 gone.lost.test.")
        .add("wild.test. MX 10 any.test.", "any.test. A 0.0.0.0", "any.test. A 224.0.0.1")
        .add("loop.test. MX 10 Relay.test.", "loop.test. MX 20 mx.loop.test.");
    assertThat(lookup(name))
        .isInstanceOfSatisfying(
            NoMail.class,
            none -> {
              assertThat(none.code()).isEqualTo(code);
              assertThat(none.status()).isEqualTo(status);
              assertThat(none.text()).contains(name);
            });
  }

  @Test
  void goesOnlyToBetterHostsThanOurselves() throws Exception {
    dns.add("a.test. MX 10 best.test.", "a.test. MX 20 relay.test.", "a.test. MX 20 peer.test.")
        .add("a.test. MX 30 worse.test.", "best.test. A 192.0.2.1", "worse.test. A 192.0.2.2")
        .add("peer.test. A 192.0.2.3");
    assertThat(hosts("a.test")).containsExactly("best.test=192.0.2.1");
  }

  @Test
  void skipsHostsThatDoNotResolve() throws Exception {
    dns.add("a.test. MX 10 gone.test.", "a.test. MX 20 broken.test.", "a.test. MX 30 mx.test.")
        .add("mx.test. A 192.0.2.1")
        .fail("broken.test.", Rcode.SERVFAIL);
    assertThat(hosts("a.test")).containsExactly("mx.test=192.0.2.1");
  }

  @Test
  void isUnresolvedWhereOneHostFailsForNowAndNoneIsFound() throws Exception {
    dns.add("a.test. MX 10 gone.test.", "a.test. MX 20 broken.test.")
        .fail("broken.test.", Rcode.SERVFAIL);
    assertThat(lookup("a.test")).isInstanceOf(Unresolved.class);
  }

  @Test
  void takesTheOtherFamilyWhereOneFails() throws Exception {
    dns.add("a.test. A 192.0.2.1").fail("a.test. AAAA", Rcode.SERVFAIL);
    assertThat(hosts("a.test")).containsExactly("a.test=192.0.2.1");
  }

  @ParameterizedTest
  @ValueSource(ints = {Rcode.SERVFAIL, Rcode.REFUSED, Rcode.NOTIMP, Rcode.FORMERR})
  void isUnresolvedWhereTheResolverFailsAndAsksAgainNextTime(int rcode) throws Exception {
    dns.fail("a.test.", rcode);
    assertThat(lookup("a.test"))
        .isInstanceOfSatisfying(
            Unresolved.class, each -> assertThat(each.text()).contains("MX of a.test"));
    dns.forget("a.test.").add("a.test. A 192.0.2.1");
    assertThat(hosts("a.test")).containsExactly("a.test=192.0.2.1");
  }

  @Test
  void isUnresolvedWhereTheResolverIsSilent() throws Exception {
    dns.ignore("a.test.");
    exchangers = exchangers(Duration.ofMillis(200), Duration.ofMillis(500));
    assertThat(lookup("a.test"))
        .isInstanceOfSatisfying(
            Unresolved.class, each -> assertThat(each.text()).contains("does not answer"));
  }

  @Test
  void asksASilentResolverAgain() throws Exception {
    dns.ignore("a.test.");
    exchangers = exchangers(Duration.ofMillis(300), Duration.ofSeconds(20));
    CompletableFuture<List<String>> found = inBackground("a.test");
    await().until(() -> dns.questions.contains("a.test. MX"));
    dns.forget("a.test.").add("a.test. A 192.0.2.1");
    assertThat(found.get()).containsExactly("a.test=192.0.2.1");
  }

  @Test
  void asksAnotherResolverWhereOneIsSilent() throws Exception {
    try (ScriptedDns silent = new ScriptedDns()) {
      silent.ignore("a.test.");
      dns.add("a.test. A 192.0.2.1");
      exchangers =
          new DnsMailExchangers(
              new Questions(
                  List.of(silent.address(), dns.address()),
                  Duration.ofMillis(300),
                  Duration.ofSeconds(20)),
              "relay.test",
              new Random(1));
      assertThat(hosts("a.test")).containsExactly("a.test=192.0.2.1");
    }
  }

  @Test
  void keepsAnswersAlsoThatThereIsNone() throws Exception {
    dns.add("a.test. MX 10 mx.test.", "mx.test. A 192.0.2.1");
    for (int i = 0; i < 3; i++) {
      assertThat(hosts("a.test")).hasSize(1);
      assertThat(lookup("nowhere.test")).isInstanceOf(NoMail.class);
    }
    assertThat(dns.questions)
        .containsExactlyInAnyOrder("a.test. MX", "mx.test. A", "mx.test. AAAA", "nowhere.test. MX");
  }

  @Test
  void asksOnceForManyWhoAskAtTheSameTime() throws Exception {
    dns.add("a.test. MX 10 mx.test.", "mx.test. A 192.0.2.1");
    CountDownLatch answer = new CountDownLatch(1);
    dns.hold(answer);
    List<CompletableFuture<List<String>>> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      all.add(inBackground("a.test"));
    }
    await().until(() -> !dns.questions.isEmpty());
    answer.countDown();
    for (CompletableFuture<List<String>> each : all) {
      assertThat(each.get()).containsExactly("mx.test=192.0.2.1");
    }
    assertThat(dns.questions).containsOnlyOnce("a.test. MX", "mx.test. A");
  }

  @Test
  void boundsHostsAndAddresses() throws Exception {
    for (int mx = 0; mx < 30; mx++) {
      dns.add("a.test. MX " + mx + " mx" + mx + ".test.");
      for (int i = 1; i <= 3; i++) {
        dns.add("mx" + mx + ".test. A 192.0.2." + (mx * 3 + i));
      }
    }
    assertThat(hosts("a.test")).hasSize(16).allMatch(each -> each.matches("mx[0-5]\\.test=.*"));
    assertThat(dns.questions.stream().filter(each -> each.endsWith(" A")).distinct()).hasSize(10);
  }

  @ParameterizedTest
  @CsvSource({
    "'[192.0.2.1]', 192.0.2.1",
    "'[IPv6:2001:db8::1]', 2001:db8::1",
    "'[ipv6:2001:db8::1]', 2001:db8::1"
  })
  void takesAddressLiteralsAsTheyAre(String literal, String address) throws Exception {
    assertThat(lookup(literal))
        .isEqualTo(new Hosts(List.of(new Host(literal, InetAddress.getByName(address)))));
    assertThat(dns.questions).isEmpty();
  }

  @Test
  void findsInternationalizedDomainsByTheirALabels() throws Exception {
    dns.add("xn--bcher-kva.example. MX 10 mx.xn--bcher-kva.example.")
        .add("mx.xn--bcher-kva.example. A 192.0.2.1");
    Route route = exchangers.lookup(Destination.of("B\u00fccher.Example"));
    assertThat(((Hosts) route).hosts())
        .extracting(Host::name)
        .containsExactly("mx.xn--bcher-kva.example");
  }

  @Test
  void readsListsThatFitInNoDatagram() throws Exception {
    for (int mx = 10; mx < 60; mx++) {
      dns.add("a.test. MX 10 a-rather-long-name-of-a-mail-exchanger-" + mx + ".a.test.");
      dns.add("a-rather-long-name-of-a-mail-exchanger-" + mx + ".a.test. A 192.0.2." + mx);
    }
    assertThat(hosts("a.test")).hasSize(10);
  }

  @Test
  void asksAgainForWhatIsNotToBeKept() throws Exception {
    dns.ttl(0).add("a.test. A 192.0.2.1");
    hosts("a.test");
    hosts("a.test");
    assertThat(dns.questions.stream().filter("a.test. A"::equals)).hasSize(2);
  }

  @Test
  void isUnresolvedWhereAliasesGoRoundInCircles() throws Exception {
    dns.add("a.test. CNAME b.test.", "b.test. CNAME a.test.");
    assertThat(lookup("a.test")).isInstanceOf(Unresolved.class);
  }

  @Test
  void endsWhenInterrupted() throws Exception {
    dns.ignore("a.test.");
    CompletableFuture<Boolean> ended = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                ended.complete(lookup("a.test") == null);
              } catch (InterruptedException asAsked) {
                ended.complete(true);
              }
            });
    thread.start();
    await().until(() -> !dns.questions.isEmpty());
    thread.interrupt();
    assertThat(ended.get()).isTrue();
  }

  private CompletableFuture<List<String>> inBackground(String name) {
    CompletableFuture<List<String>> found = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                found.complete(hosts(name));
              } catch (InterruptedException | RuntimeException failed) {
                found.completeExceptionally(failed);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return found;
  }
}
