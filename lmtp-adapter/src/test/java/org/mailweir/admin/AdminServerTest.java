package org.mailweir.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.IOException;
import java.lang.ref.WeakReference;
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
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.core.DestinationStatus;
import org.mailweir.core.GateStats;
import org.mailweir.core.Outcome;
import org.mailweir.core.Rate;
import org.mailweir.core.Refusal;
import org.mailweir.core.Standing;

@Timeout(60)
class AdminServerTest {
  private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
  // Close to the end of the range, so that a comparison of readings would go wrong.
  private static final long READING = Long.MAX_VALUE - 5;

  private final FakeGate<String> gate = new FakeGate<>();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private AdminServer admin;

  @BeforeEach
  void start() throws IOException {
    admin =
        AdminServer.builder(gate, () -> READING, Clock.fixed(NOW, ZoneOffset.UTC))
            .metrics(
                registry ->
                    Gauge.builder("mailweir.smtp.idle", () -> 7)
                        .description("Idle connections")
                        .register(registry))
            .metrics(new Pool())
            .endpoint("/queue", request -> Answer.line(200, "query " + request.query()))
            .start(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
  }

  /** Metrics that nobody else holds; the registry does so weakly. */
  private static final class Pool implements MeterBinder {
    @Override
    public void bindTo(MeterRegistry registry) {
      Gauge.builder("mailweir.pool", this, pool -> 42).register(registry);
    }
  }

  @AfterEach
  void stop() {
    admin.close();
  }

  @Test
  void isHealthyUntilItStops() throws Exception {
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    assertThat(get("/healthz").body()).isEqualTo("ok\n");
    admin.stopping();
    assertThat(get("/healthz").statusCode()).isEqualTo(503);
    assertThat(get("/healthz").body()).isEqualTo("stopping\n");
  }

  @Test
  void stillShowsTheMetricsOfOthersAfterAGarbageCollection() throws Exception {
    WeakReference<Object> garbage = new WeakReference<>(new Object());
    while (garbage.get() != null) {
      System.gc();
    }
    assertThat(get("/metrics").body().lines()).contains("mailweir_pool 42.0");
  }

  @Test
  void showsTheGateAsGaugesAndCounters() throws Exception {
    gate.stats =
        new GateStats(
            3,
            1,
            12,
            4,
            5,
            6,
            66,
            7,
            8,
            9,
            5_000_000_000L,
            Optional.of(READING - 2_500_000_000L),
            110,
            Map.of(Standing.LIVE, 100, Standing.SUSPENDED, 10),
            2,
            Map.of(
                GateStats.Limit.CLIENTS, new GateStats.Use(88, 100),
                GateStats.Limit.CLIENTS_LONGER, new GateStats.Use(80, 90)),
            true,
            1000,
            Map.of(Outcome.DELIVERED, 900L),
            Map.of(Refusal.Reason.SUSPENDED, 20_000L),
            31,
            32,
            33,
            34,
            35);
    assertThat(get("/metrics").body().lines())
        .contains(
            "mailweir_clients_held 3.0",
            "mailweir_clients_waiting 1.0",
            "mailweir_deliveries_in_flight 12.0",
            "mailweir_admissions_waiting 4.0",
            "mailweir_attempts_detached 5.0",
            "mailweir_probes_open 6.0",
            "mailweir_probes_due 66.0",
            "mailweir_admissions_unproven 7.0",
            "mailweir_admissions_failing 8.0",
            "mailweir_deliveries_slow 9.0",
            "mailweir_destinations{standing=\"live\"} 100.0",
            "mailweir_destinations{standing=\"suspended\"} 10.0",
            "mailweir_destinations{standing=\"new\"} 0.0",
            "mailweir_bytes_in_flight 5.0E9",
            "mailweir_deliveries_oldest_seconds 2.5",
            "mailweir_destinations_suspended_by_hand 2.0",
            "mailweir_limit{limit=\"clients\",reason=\"clients\"} 100.0",
            "mailweir_limit_used{limit=\"clients\",reason=\"clients\"} 88.0",
            "mailweir_limit_used{limit=\"clients_longer\",reason=\"clients\"} 80.0",
            "mailweir_local_outage 1.0",
            "mailweir_admissions_total 1000.0",
            "mailweir_settlements_total{outcome=\"delivered\"} 900.0",
            "mailweir_settlements_total{outcome=\"pushed_back\"} 0.0",
            "mailweir_refusals_total{reason=\"suspended\"} 20000.0",
            "mailweir_detachments_total 31.0",
            "mailweir_requeues_total 32.0",
            "mailweir_probes_total 33.0",
            "mailweir_transitions_total 34.0",
            "mailweir_evictions_total 35.0",
            "# TYPE mailweir_refusals_total counter",
            "# HELP mailweir_refusals_total Admissions refused, by reason",
            "mailweir_smtp_idle 7.0");
  }

  @Test
  void namesEveryReasonOutcomeAndStandingFromTheStart() throws Exception {
    String metrics = get("/metrics").body();
    assertThat(metrics.lines().filter(line -> line.startsWith("mailweir_refusals_total{")))
        .hasSize(Refusal.Reason.values().length);
    assertThat(metrics.lines().filter(line -> line.startsWith("mailweir_settlements_total{")))
        .hasSize(Outcome.values().length);
    assertThat(metrics.lines().filter(line -> line.startsWith("mailweir_destinations{")))
        .hasSize(Standing.values().length);
  }

  @Test
  void showsTheMemoryOfTheJvm() throws Exception {
    assertThat(get("/metrics").body()).contains("jvm_memory_used_bytes{area=\"heap\"");
  }

  @Test
  void everyMetricHasAHelpLine() throws Exception {
    List<String> lines = get("/metrics").body().lines().toList();
    assertThat(lines.stream().filter(line -> line.startsWith("# TYPE mailweir_")))
        .isNotEmpty()
        .allSatisfy(
            line ->
                assertThat(lines)
                    .anyMatch(other -> other.startsWith("# HELP " + line.split(" ")[2] + " ")));
  }

  @Test
  void showsADestinationWithItsTimesAsInstants() throws Exception {
    gate.destinations =
        List.of(
            new DestinationStatus<>(
                "dead.test",
                Standing.SUSPENDED,
                1,
                2,
                3,
                true,
                false,
                1.23456,
                20,
                1_500_000_000L,
                4,
                5_000_000_000L,
                Optional.of(Refusal.Reason.SUSPENDED),
                Optional.of(READING - Duration.ofSeconds(90).toNanos()),
                Optional.of(READING - Duration.ofSeconds(30).toNanos()),
                Optional.of(READING + Duration.ofMillis(12_345).toNanos()),
                Optional.empty(),
                Optional.of(READING - Duration.ofSeconds(1).toNanos()),
                "connect to \"mx\"[192.0.2.1]:25 timed out",
                Optional.of(Rate.evenly(20, Duration.ofMinutes(1))),
                600,
                Optional.of(1000L),
                Optional.of(READING + Duration.ofHours(1).toNanos()),
                Optional.of(
                    new Refusal(
                        Refusal.Reason.BY_HAND,
                        READING + Duration.ofHours(1).toNanos(),
                        "asked to stop"))));
    HttpResponse<String> response = get("/destinations");
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
    JsonObject destination =
        JsonParser.parseString(response.body()).getAsJsonArray().get(0).getAsJsonObject();
    assertThat(destination)
        .hasToString(
            "{\"destination\":\"dead.test\",\"standing\":\"suspended\","
                + "\"cause\":\"connect to \\\"mx\\\"[192.0.2.1]:25 timed out\","
                + "\"inFlight\":1,\"waiting\":2,\"detached\":3,\"probing\":true,\"probeDue\":false,"
                + "\"window\":1.235,\"ceiling\":20,\"meanDeliverySeconds\":1.5,"
                + "\"failures\":4,\"refused\":5000000000,\"lastRefusal\":\"suspended\","
                + "\"lastSuccess\":\"2026-11-01T11:58:30Z\","
                + "\"suspendedSince\":\"2026-11-01T11:59:30Z\","
                + "\"nextProbe\":\"2026-11-01T12:00:12.345Z\",\"oldestInFlight\":null,"
                + "\"oldestWaiting\":\"2026-11-01T11:59:59Z\","
                + "\"rate\":\"20 messages in 1m\",\"bytesInFlight\":600,\"maxBytes\":1000,"
                + "\"suspendedByHandUntil\":\"2026-11-01T13:00:00Z\","
                + "\"obstacle\":{\"reason\":\"by_hand\",\"until\":\"2026-11-01T13:00:00Z\","
                + "\"detail\":\"asked to stop\"}}");
  }

  @ParameterizedTest
  @CsvSource({
    "/destinations, 100",
    "/destinations?n=0, 0",
    "/destinations?n=7, 7",
    "/destinations?n=1000, 1000"
  })
  void showsAsManyDestinationsAsAskedFor(String path, int expected) throws Exception {
    gate.destinations = IntStream.range(0, 2000).mapToObj(AdminServerTest::quiet).toList();
    JsonArray array = JsonParser.parseString(get(path).body()).getAsJsonArray();
    assertThat(array).hasSize(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"n=1001", "n=-1", "n=x", "n=", "n=99999999999", "m=1", "n=1&n=2"})
  void refusesAQueryItDoesNotUnderstand(String query) throws Exception {
    assertThat(get("/destinations?" + query).statusCode()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/index.html",
        "/metrics/",
        "/healthz2",
        "/destinations/dead.test",
        "/favicon.ico"
      })
  void knowsNoOtherPath(String path) throws Exception {
    assertThat(get(path).statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
  void changesNothing(String method) throws Exception {
    HttpResponse<String> response = send(method, "/destinations");
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("Allow")).hasValue("GET, HEAD");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/healthz", "/metrics", "/destinations", "/queue"})
  void answersHeadWithoutABody(String path) throws Exception {
    HttpResponse<String> response = send("HEAD", path);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/healthz", "/metrics", "/destinations", "/none"})
  void forbidsToCache(String path) throws Exception {
    assertThat(get(path).headers().firstValue("Cache-Control")).hasValue("no-store");
  }

  @Test
  void answersFurtherEndpoints() throws Exception {
    assertThat(get("/queue?n=3%26").body()).isEqualTo("query n=3%26\n");
    assertThat(send("POST", "/queue").statusCode()).isEqualTo(405);
    assertThat(get("/none").body()).contains("/queue");
  }

  @Test
  void listensOnTheGivenAddressAlone() {
    assertThat(admin.address().getAddress().getHostAddress()).isEqualTo("127.0.0.1");
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send("GET", path);
  }

  private HttpResponse<String> send(String method, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + admin.address().getPort() + path);
    return client.send(
        HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody()).build(),
        BodyHandlers.ofString());
  }

  private static DestinationStatus<String> quiet(int index) {
    return new DestinationStatus<>(
        "d" + index + ".test",
        Standing.LIVE,
        0,
        0,
        0,
        false,
        false,
        5,
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
        Optional.empty(),
        Optional.empty());
  }
}
