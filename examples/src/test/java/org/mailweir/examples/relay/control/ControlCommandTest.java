package org.mailweir.examples.relay.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.admin.AdminServer;
import org.mailweir.core.Admission;
import org.mailweir.core.Attempt;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.Outcome;
import org.mailweir.core.Permit;
import org.mailweir.core.Refusal;
import org.mailweir.message.Destination;

/** The commands, over real HTTP, to a queue that is a list and to a real gate. */
@Timeout(120)
class ControlCommandTest {
  private static final long READING = 1_000_000_000_000L;
  private static final Destination DEAD = new Destination("dead.test");
  private static final String CAUSE = "connect to mx.dead.test[192.0.2.1] port 25: timed out";

  private final FakeRelay relay = new FakeRelay();
  private final DestinationGate<Destination> gate =
      DestinationGate.<Destination>builder().timeSource(() -> READING).build();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final List<String> asked = new ArrayList<>();
  private boolean confirms;
  private Paper paper = new Paper(80, false);
  private AdminServer admin;

  @BeforeEach
  void start() throws IOException {
    gate.advance(READING, 1000);
    Clock clock = Clock.fixed(FakeRelay.NOW, ZoneOffset.UTC);
    admin =
        new ControlEndpoints(relay, gate, () -> READING, clock)
            .addTo(AdminServer.builder(gate, () -> READING, clock))
            .start(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
  }

  @AfterEach
  void stop() {
    admin.close();
    gate.close();
  }

  @Test
  void listsTheQueueInLinesThatFit() {
    deadWith(3);
    relay.add("4bVcQ4OTHER1zABC", "x@good.test", Duration.ofSeconds(5), 0, "");
    assertThat(run("list")).isZero();
    assertThat(out.toString().lines())
        .hasSize(5)
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    assertThat(out.toString().lines().toList().get(0))
        .isEqualTo("DESTINATION     DEPTH     OLDEST  STANDING   NEXT TRY");
    assertThat(out.toString().lines().toList().get(1))
        .matches("dead\\.test           3 2 h 05 min  suspended  \\d+ s");
    assertThat(out.toString().lines().toList().get(2))
        .startsWith("  does not answer; only its probe tries it: connect to mx.dead.test")
        .endsWith("..");
    assertThat(out.toString().lines().toList().get(3))
        .isEqualTo("good.test           1        5 s  new");
    assertThat(out.toString()).contains("4 messages for 2 destinations, 4 of them due");
  }

  @Test
  void cutsNothingInAPipe() {
    paper = new Paper(0, false);
    deadWith(1);
    String longName = "a".repeat(60) + "." + "b".repeat(60) + ".test";
    relay.add("4bVcQ4OTHER1zABC", "x@" + longName, Duration.ofSeconds(5), 0, "");
    assertThat(run("list")).isZero();
    assertThat(out.toString().lines()).hasSize(4);
    assertThat(out.toString()).contains(CAUSE, longName).doesNotContain("\u001b");
  }

  @Test
  void coloursTheStandingOnATerminalOnly() {
    paper = new Paper(120, true);
    deadWith(1);
    assertThat(run("list")).isZero();
    assertThat(out.toString()).contains("\u001b[31msuspended \u001b[0m");
  }

  @Test
  void listsNothingWhereNothingWaits() {
    assertThat(run("list")).isZero();
    assertThat(out.toString()).isEqualTo("0 messages for 0 destinations, 0 of them due\n");
  }

  @Test
  void answersProgramsWithJson() {
    deadWith(2);
    assertThat(run("list", "--json")).isZero();
    JsonObject row =
        JsonParser.parseString(out.toString())
            .getAsJsonObject()
            .getAsJsonArray("rows")
            .get(0)
            .getAsJsonObject();
    assertThat(row.get("destination").getAsString()).isEqualTo("dead.test");
    assertThat(row.get("depth").getAsInt()).isEqualTo(2);
    assertThat(row.get("oldest").getAsString()).isEqualTo("2026-11-01T09:55:00Z");
    assertThat(row.get("standing").getAsString()).isEqualTo("suspended");
    assertThat(row.get("cause").getAsString()).isEqualTo(CAUSE);
    assertThat(row.get("nextTry").getAsString()).startsWith("2026-11-01T12:");
  }

  @Test
  void listsTheMessagesOfADestination() {
    paper = new Paper(120, false);
    deadWith(3);
    assertThat(run("list", "dead.test", "-n", "2")).isZero();
    assertThat(out.toString().lines()).hasSize(4);
    assertThat(out.toString())
        .contains("4bVcQ4DEAD0z", "sender@ours.test to 0@dead.test", "3100 B", "2 h 05 min")
        .contains("the oldest 2 of 3");
  }

  @Test
  void showsWhyAMessageWaitsWhatToTurnAndUntilWhen() {
    deadWith(1);
    assertThat(run("show", "4bVcQ4DEAD0z")).isZero();
    assertThat(out.toString())
        .contains("message   4bVcQ4DEAD0z", "from      sender@ours.test")
        .contains("arrived   2026-11-01T09:55:00Z, 2 h 05 min ago")
        .contains("dead.test: suspended, tried 3 times", "next try  in ")
        .contains("why       does not answer; only its probe tries it: " + CAUSE)
        .contains("turn      none: it comes back when a probe gets through")
        .contains("to        0@dead.test", "451 4.4.1 timed out");
  }

  @Test
  void tellsATerminalNothingItWouldObey() {
    relay.add("4bVcQ4OTHER1zABC", "x@good.test", Duration.ofSeconds(5), 1, "550 \u001b[2J\u0007");
    assertThat(run("show", "4bVcQ4OTHER1zABC")).isZero();
    assertThat(out.toString()).contains("550 ?[2J?").doesNotContain("\u001b");
  }

  @Test
  void flushesAndSaysHowLongItWillTake() {
    Destination good = new Destination("good.test");
    ((Permit) gate.tryAdmit(good, Attempt.FRESH)).settle(Outcome.DELIVERED);
    deadWith(3);
    assertThat(run("flush", "dead.test")).isZero();
    assertThat(relay.told).containsExactly("flush dead.test");
    assertThat(out.toString())
        .startsWith("3 messages for dead.test are due now. Probed first: they leave only if");
    assertThat(run("flush")).isZero();
    assertThat(relay.told).containsExactly("flush dead.test", "flush");
    assertThat(run("flush", "nobody.test")).isZero();
    assertThat(out.toString()).endsWith("No mail for nobody.test." + System.lineSeparator());
  }

  @Test
  void suspendsASiteForAWhileAndResumesIt() {
    Destination alias = new Destination("alias.test");
    Destination site = new Destination("site.test");
    relay.sites.put(alias, site);
    assertThat(run("suspend", "alias.test", "--for", "2h", "--reason", "they asked")).isZero();
    assertThat(out.toString()).isEqualTo("Suspended alias.test for 2 h.\n");
    Admission admission = gate.tryAdmit(site, Attempt.FRESH);
    assertThat(admission).isInstanceOf(Refusal.class);
    assertThat(((Refusal) admission).reason()).isEqualTo(Refusal.Reason.BY_HAND);
    assertThat(((Refusal) admission).detail()).isEqualTo("they asked");
    relay.add("4bVcQ4OTHER1zABC", "x@alias.test", Duration.ofSeconds(5), 0, "");
    run("list");
    assertThat(out.toString())
        .contains("by hand", "2 h", "(same hosts as site.test) suspended by hand: they asked");
    assertThat(run("resume", "alias.test")).isZero();
    assertThat(out.toString()).contains("Resumed alias.test.");
    assertThat(gate.tryAdmit(site, Attempt.FRESH)).isInstanceOf(Permit.class);
    assertThat(run("resume", "alias.test")).isZero();
    assertThat(out.toString()).contains("alias.test was not suspended by hand.");
  }

  @Test
  void asksBeforeItDeletes() {
    deadWith(3);
    assertThat(run("remove", "dead.test")).isEqualTo(2);
    assertThat(asked).containsExactly("Delete the mail of dead.test, and tell nobody?");
    assertThat(relay.told).isEmpty();
    confirms = true;
    assertThat(run("remove", "dead.test")).isZero();
    assertThat(relay.told).containsExactly("remove 3", "remove 0");
    assertThat(out.toString()).contains("Deleted: 3 entries.");
  }

  @Test
  void expiresMailInSteps() {
    deadWith(450);
    relay.underWay.add(7L);
    assertThat(run("expire", "dead.test", "--yes")).isZero();
    assertThat(asked).isEmpty();
    assertThat(relay.told).containsExactly("expire 199", "expire 199", "expire 51", "expire 0");
    assertThat(out.toString())
        .contains("Given up: 449 entries.", "1 left alone: being delivered at this moment.");
  }

  @Test
  void expiresOneMessageByItsId() {
    deadWith(2);
    assertThat(run("expire", "4bVcQ4DEAD1z", "--yes", "--json")).isZero();
    JsonObject answer = JsonParser.parseString(out.toString()).getAsJsonObject();
    assertThat(answer.get("what").getAsString()).isEqualTo("message 4bVcQ4DEAD1z");
    assertThat(answer.get("done").getAsInt()).isEqualTo(1);
    assertThat(relay.depth(DEAD)).isEqualTo(1);
  }

  @Test
  void failsWhereThereIsNothing() {
    assertThat(run("show", "4bVcQ4NONE0z")).isEqualTo(1);
    assertThat(run("remove", "4bVcQ4NONE0z", "--yes")).isEqualTo(1);
    assertThat(run("list", "nobody.test")).isEqualTo(1);
    assertThat(err.toString())
        .contains("relay: no message 4bVcQ4NONE0z in the queue\n")
        .contains("is neither a message in the queue nor a destination with mail")
        .contains("relay: no mail for nobody.test\n");
  }

  @Test
  void tellsWhyTheSpoolCannotBeRead() {
    deadWith(1);
    relay.broken = true;
    assertThat(run("list")).isEqualTo(1);
    assertThat(err.toString()).isEqualTo("relay: the disk has <gone>\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "suspend",
        "suspend a.test --for 0s",
        "suspend a.test --for 400d",
        "suspend a.test --for soon",
        "suspend a..test",
        "list -n 0",
        "list -n 1001",
        "list -n x",
        "list --none",
        "show",
        "expire a..test --yes"
      })
  void refusesWhatMakesNoSense(String line) {
    assertThat(run(line.split(" "))).isEqualTo(2);
    assertThat(err.toString()).startsWith("relay: ");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void saysWhereToSayWhereTheRelayIs() {
    assertThat(runBare("list")).isEqualTo(2);
    assertThat(err.toString()).contains("Give --admin HOST:PORT as it was started with");
  }

  @Test
  void findsTheRelayThroughItsFile(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("relay.ini");
    Files.writeString(file, "listen = 127.0.0.1:2525\nadmin = 127.0.0.1:" + port() + "\n");
    assertThat(runBare("list", "--config", file.toString())).isZero();
    Files.writeString(file, "listen = 127.0.0.1:2525\n");
    assertThat(runBare("list", "--config", file.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("no admin = HOST:PORT in it");
  }

  @Test
  void saysSoWhereNoRelayAnswers() {
    int port = port();
    admin.close();
    assertThat(runBare("list", "--admin", "127.0.0.1:" + port)).isEqualTo(1);
    assertThat(err.toString())
        .contains("relay: no relay answers at 127.0.0.1:" + port + ": does it run");
  }

  @Test
  void showsTheQueueOnTheOperatorsPageWithoutAddresses() throws Exception {
    deadWith(3);
    String page = get("/").body();
    assertThat(page)
        .contains("<h2>Queue</h2>", "3 messages for 1 destination, 3 of them due")
        .contains("<bdi>dead.test</bdi>", "does not answer; only its probe tries it")
        .doesNotContain("sender@ours.test", "0@dead.test");
    relay.broken = true;
    assertThat(get("/").body()).contains("The spool cannot be read", "the disk has &lt;gone&gt;");
  }

  @Test
  void changesNothingByGet() throws Exception {
    for (String path : List.of("flush", "suspend", "resume", "expire", "remove")) {
      assertThat(get("/queue/" + path).statusCode()).isEqualTo(405);
    }
    assertThat(relay.told).isEmpty();
  }

  private void deadWith(int messages) {
    for (int i = 0; i < messages; i++) {
      Duration ago = Duration.ofMinutes(125).minusSeconds(i);
      relay.add("4bVcQ4DEAD" + i + "z", i + "@dead.test", ago, 3, "451 4.4.1 timed out");
    }
    ((Permit) gate.tryAdmit(DEAD, Attempt.FRESH)).settle(Outcome.UNREACHABLE, CAUSE);
  }

  private int run(String... args) {
    List<String> line = new ArrayList<>(List.of(args));
    line.add(1, "--admin=127.0.0.1:" + port());
    return runBare(line.toArray(String[]::new));
  }

  private int runBare(String... args) {
    return ControlCommand.run(
        args,
        new PrintWriter(out),
        new PrintWriter(err),
        paper,
        question -> {
          asked.add(question);
          return confirms;
        });
  }

  private int port() {
    return admin.address().getPort();
  }

  private HttpResponse<String> get(String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path)).build(),
            BodyHandlers.ofString());
  }
}
