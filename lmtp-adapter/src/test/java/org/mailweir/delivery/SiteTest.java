package org.mailweir.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mailweir.core.Outcome;
import org.mailweir.core.Refusal;
import org.mailweir.core.Refusal.Reason;
import org.mailweir.lmtp.MailTransaction;
import org.mailweir.message.Destination;
import org.mailweir.site.Sites;
import org.mailweir.smtp.ConnectFailure.Kind;

/** Destinations that are one to the gate. */
@Timeout(30)
class SiteTest {
  private final KnownSites sites = new KnownSites();
  private final World world = new World(DeliverySettings.standard(), sites);

  @AfterEach
  void nothingIsLeft() {
    world.assertNothingLeft();
  }

  /** Sites that the test makes up. */
  private static final class KnownSites implements Sites {
    private final Map<Destination, Destination> known = new HashMap<>();

    void put(String destination, String site) {
      known.put(new Destination(destination), new Destination(site));
    }

    @Override
    public Destination of(Destination destination) {
      return known.getOrDefault(destination, destination);
    }

    @Override
    public void prepare(Collection<Destination> destinations) {}

    @Override
    public boolean isShared(Destination site) {
      return known.containsValue(site);
    }

    @Override
    public Destination member(Destination site) {
      return site;
    }
  }

  @Test
  void asksTheGateAboutTheSiteAndDeliversToTheDestination() {
    sites.put("a.test", "provider.test");
    sites.put("b.test", "provider.test");
    assertThat(world.send("u@a.test", "v@b.test")).allMatch(told -> told.code() == 250);
    assertThat(world.gate.asks("provider.test")).hasSize(2);
    assertThat(world.gate.asks).hasSize(2);
    assertThat(world.remotes.mails).containsExactlyInAnyOrder("a.test", "b.test");
  }

  @Test
  void tellsWhoseHostsThoseOfARefusedDestinationAre() {
    sites.put("a.test", "provider.test");
    world.gate.refuses(
        "provider.test", new Refusal(Reason.SUSPENDED, Refusal.NO_HINT, "connection refused"));
    try (MailTransaction transaction = world.begin()) {
      assertThat(world.admit(transaction, "u@a.test").get(0).text())
          .isEqualTo(
              "a.test (same hosts as provider.test) suspended: connection refused; its probe is due");
    }
  }

  @Test
  void asksAnewWhereTheSiteWasFoundOutOnlyAfterTheAdmission() {
    world.gate.refuses("provider.test", new Refusal(Reason.SUSPENDED, Refusal.NO_HINT, "dead"));
    try (MailTransaction transaction = world.begin()) {
      assertThat(world.admit(transaction, "u@a.test").get(0).code()).isEqualTo(250);
      sites.put("a.test", "provider.test");
      assertThat(world.deliver(transaction).get(0).code()).isEqualTo(451);
    }
    assertThat(world.gate.outcomes("a.test")).containsExactly(Outcome.UNKNOWN);
    assertThat(world.remotes.connects).isEmpty();
  }

  @Test
  void deliversUnderTheNewPermitWhereTheSiteWasFoundOutLate() {
    try (MailTransaction transaction = world.begin()) {
      world.admit(transaction, "u@a.test");
      sites.put("a.test", "provider.test");
      assertThat(world.deliver(transaction).get(0).code()).isEqualTo(250);
    }
    assertThat(world.gate.outcomes("provider.test")).containsExactly(Outcome.DELIVERED);
  }

  @ParameterizedTest
  @CsvSource({
    "UNREACHABLE, 4.4.1, UNREACHABLE",
    "UNREACHABLE, 4.7.5, UNKNOWN",
    "UNRESOLVED, 4.4.3, UNKNOWN",
  })
  void whatOneDomainLacksSaysNothingOfASharedSite(Kind kind, String status, Outcome outcome) {
    sites.put("a.test", "provider.test");
    world.remotes.at("a.test").fails(kind, 451, status, "words");
    assertThat(world.send("u@a.test").get(0).code()).isEqualTo(451);
    assertThat(world.gate.outcomes("provider.test")).isEqualTo(List.of(outcome));
  }

  @Test
  void tellsTheGateTheSizeThatTheClientDeclared() {
    world.send("u@a.test");
    try (MailTransaction transaction = world.begin(12_345)) {
      world.admit(transaction, "v@a.test");
      world.deliver(transaction);
    }
    assertThat(world.gate.bytes).containsExactly(0L, 12_345L);
  }
}
