package org.mailweir.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mailweir.core.Admission;
import org.mailweir.core.Attempt;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.DestinationStatus;
import org.mailweir.core.GateStats;
import org.mailweir.core.Outcome;
import org.mailweir.core.Permit;
import org.mailweir.core.Refusal;
import org.mailweir.core.Refusal.Reason;
import org.mailweir.core.Standing;

/** The page at /: what stands on it, and what never does. */
@Timeout(60)
class OperatorPageTest {
  private static final long READING = -5_000_000_000L; // monotonic clocks may be negative
  private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final FakeGate<String> gate = new FakeGate<>();

  @Test
  void saysWhyADestinationWaitsWhatToTurnAndUntilWhen() {
    gate.destinations = List.of(suspended("dead.test", "connect to 192.0.2.1:25 timed out"));
    String page = page();
    assertThat(page)
        .contains("<bdi>dead.test</bdi>", "<span class=\"suspended\">suspended</span>")
        .contains(">2 / 1</td>", ">3</td>", ">4,120</td>")
        .contains("does not answer; only its probe tries it")
        .contains("<bdi>connect to 192.0.2.1:25 timed out</bdi>")
        .contains("turn: none: it comes back when a probe gets through")
        .contains("<time datetime=\"2026-11-01T12:01:24Z\" title=\"2026-11-01T12:01:24Z\">in 84 s<")
        .contains("<time datetime=\"2026-11-01T11:48:00Z\" title=\"2026-11-01T11:48:00Z\">12 min<")
        .contains(">90 s</time>");
  }

  @Test
  void showsASuspensionByHandWithItsEndAndItsReason() {
    long end = READING + Duration.ofHours(1).toNanos();
    gate.destinations =
        List.of(
            status(
                "paused.test",
                Standing.LIVE,
                Optional.of(end),
                Optional.of(new Refusal(Reason.BY_HAND, end, "they asked us to stop"))));
    assertThat(page())
        .contains("by hand</span>", "suspended by hand", "they asked us to stop")
        .contains("in 60 min", "turn: resume");
  }

  @Test
  void leavesTheHealthyOutOfWhatIsHeldBack() {
    gate.destinations =
        List.of(status("good.test", Standing.LIVE, Optional.empty(), Optional.empty()));
    assertThat(page())
        .contains("Nothing: every destination takes its mail.")
        .doesNotContain("good.test");
  }

  @Test
  void escapesWhatOthersSaid() {
    String evil = "550 <script>alert(1)</script>\"'&\u0007\n<img src=x onerror=y>";
    gate.destinations = List.of(suspended("<b>evil</b>.test", evil + "x".repeat(10_000) + "TAIL"));
    String page = page();
    assertThat(page)
        .contains("&lt;b&gt;evil&lt;/b&gt;.test")
        .contains("550 &lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;  &lt;img")
        .doesNotContain("<script", "<img", "<b>evil", "TAIL");
    assertThat(page.length()).isLessThan(20_000);
  }

  @Test
  void showsTotalsAndTheReasonsOfRefusals() {
    gate.stats = stats(false);
    assertThat(page())
        .contains("<dt>clients held</dt><dd>88 of 100</dd>")
        .contains("<dt>refused</dt><dd>20,042</dd>", "<dt>delivered</dt><dd>900</dd>")
        .contains("<dt>oldest delivery</dt><dd>2 s</dd>", "<dt>probes due</dt><dd>66</dd>")
        .contains(
            "all clients but the reserve are in use",
            "88 of 100<br><meter",
            "80 of 90 for longer than a moment<br><meter",
            "20,000</td>")
        .doesNotContain("network seems to be down");
  }

  @Test
  void saysSoWhenOurOwnNetworkSeemsDown() {
    gate.stats = stats(true);
    assertThat(page()).contains("Our own network seems to be down");
  }

  @Test
  void staysBoundedWithTenThousandDestinations() {
    try (DestinationGate<String> real =
        DestinationGate.<String>builder().timeSource(() -> READING).build()) {
      for (int i = 0; i < 10_000; i++) {
        Admission admission = real.tryAdmit("d" + i + ".test", Attempt.FRESH);
        if (admission instanceof Permit permit) {
          permit.settle(Outcome.UNREACHABLE, "connect to 192.0.2.1:25 timed out");
        }
        real.tryAdmit("d" + i + ".test", Attempt.FRESH);
      }
      String page = page(real);
      assertThat(page.split("<tr>", -1).length).isLessThan(150);
      assertThat(page.length()).isLessThan(200_000);
      assertThat(page).contains("with the most mail", "1,000 or more");
    }
  }

  @Test
  void saysThatAProbeIsDueOrUnderWay() {
    try (DestinationGate<String> real =
        DestinationGate.<String>builder().timeSource(() -> READING).build()) {
      ((Permit) real.tryAdmit("dead.test", Attempt.FRESH))
          .fail("connect to 192.0.2.1:25 timed out");
      assertThat(page(real)).doesNotContain("probe due</small>", "probe under way</small>");
      real.advance(READING + Duration.ofSeconds(31).toNanos(), 1000);
      assertThat(page(real)).contains("probe due</small>", "<dt>probes due</dt><dd>1</dd>");
      real.pollProbe().orElseThrow();
      assertThat(page(real)).contains("probe under way</small>", "<dt>probes due</dt><dd>0</dd>");
    }
  }

  @Test
  void loadsNothingAndRunsNoScript() throws Exception {
    HttpResponse<String> response = get("/");
    assertThat(response.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
    assertThat(response.headers().firstValue("Content-Security-Policy").orElse(""))
        .startsWith("default-src 'none'; style-src 'sha256-")
        .contains("frame-ancestors 'none'");
    assertThat(response.body())
        .doesNotContain("<script", "http://", "https://", " style=")
        .contains("http-equiv=\"refresh\"", "href=\"/metrics\"", "href=\"/destinations?n=1000\"");
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void hasWordsForEveryReason(Reason reason) {
    assertThat(Reasons.words(reason)).isNotBlank();
    assertThat(Reasons.knob(reason)).isNotBlank();
  }

  @Test
  void showsTheFiguresAndSectionsOfOthers() throws Exception {
    try (AdminServer admin =
        builder(gate)
            .program("relay <1>")
            .figure("bodies", () -> "7 <MB>")
            .section(html -> html.markup("<h2>Queue</h2>").text("<9>"))
            .start(anyPort())) {
      assertThat(get(admin, "/").body())
          .contains("<h1>relay &lt;1&gt;</h1>", "<dt>bodies</dt><dd>7 &lt;MB&gt;</dd>")
          .contains("<h2>Queue</h2>&lt;9&gt;");
    }
  }

  private static DestinationStatus<String> suspended(String name, String cause) {
    long probe = READING + Duration.ofSeconds(84).toNanos();
    return new DestinationStatus<>(
        name,
        Standing.SUSPENDED,
        2,
        3,
        1,
        false,
        false,
        1.5,
        0,
        0,
        3,
        4120,
        Optional.of(Reason.SUSPENDED),
        Optional.empty(),
        Optional.of(READING - Duration.ofMinutes(12).toNanos()),
        Optional.of(probe),
        Optional.of(READING - Duration.ofSeconds(30).toNanos()),
        Optional.of(READING - Duration.ofSeconds(90).toNanos()),
        cause,
        Optional.empty(),
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.of(new Refusal(Reason.SUSPENDED, probe, cause)));
  }

  private static DestinationStatus<String> status(
      String name, Standing standing, Optional<Long> byHand, Optional<Refusal> obstacle) {
    return new DestinationStatus<>(
        name,
        standing,
        0,
        0,
        0,
        false,
        false,
        20,
        0,
        0,
        0,
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "",
        Optional.empty(),
        0,
        Optional.empty(),
        byHand,
        obstacle);
  }

  private static GateStats stats(boolean outage) {
    return new GateStats(
        88,
        1,
        12,
        4,
        5,
        6,
        66,
        7,
        8,
        9,
        0,
        Optional.of(READING - 2_500_000_000L),
        110,
        Map.of(Standing.SUSPENDED, 10),
        2,
        Map.of(
            GateStats.Limit.CLIENTS, new GateStats.Use(88, 100),
            GateStats.Limit.CLIENTS_LONGER, new GateStats.Use(80, 90)),
        outage,
        1000,
        Map.of(Outcome.DELIVERED, 900L),
        Map.of(Reason.SUSPENDED, 20_000L, Reason.CLIENTS, 42L),
        31,
        32,
        33,
        34,
        35);
  }

  private String page() {
    return page(gate);
  }

  private static String page(DestinationGate<String> gate) {
    GateView view = new GateView(gate, () -> READING, Clock.fixed(NOW, ZoneOffset.UTC));
    return new OperatorPage("Mailweir", view, List.of(), List.of()).answer().body();
  }

  private HttpResponse<String> get(String path) throws Exception {
    try (AdminServer admin = builder(gate).start(anyPort())) {
      return get(admin, path);
    }
  }

  private static HttpResponse<String> get(AdminServer admin, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + admin.address().getPort() + path);
    return HTTP.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  private static AdminServer.Builder builder(DestinationGate<String> gate) {
    return AdminServer.builder(gate, () -> READING, Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private static InetSocketAddress anyPort() throws Exception {
    return new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0);
  }
}
