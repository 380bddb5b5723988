package org.mailweir.examples.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.core.DestinationStatus;
import org.mailweir.core.Standing;
import org.mailweir.examples.relay.control.ControlCommand;
import org.mailweir.examples.relay.spool.MemorySpool;
import org.mailweir.lmtp.Protocol;
import org.mailweir.loopback.BlackHole;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.message.Destination;

/** The operator's commands, over HTTP, to a relay that delivers. */
@Timeout(90)
class RelayOperatorTest {
  private static final int MESSAGES = 20;

  private final MemorySpool spool = new MemorySpool();

  @Test
  void listsWhatWaitsAndLetsItGoWhenItsDestinationIsBack() throws Exception {
    try (RelayWorld world = RelayWorld.open()) {
      BlackHole hole = world.dead("away.test");
      Relay relay = start(world);
      for (int i = 0; i < MESSAGES; i++) {
        RelayWorld.send(relay, "a@here.test", "b" + i + "@away.test");
      }
      awaitSuspended(relay);
      String list = command(relay, 0, "list");
      assertThat(list)
          .containsPattern("away\\.test +20 .* suspended ")
          .contains("does not answer; only its probe tries it");
      String id = idOfOne(relay);
      assertThat(command(relay, 0, "show", id))
          .contains("from      a@here.test", "away.test: suspended", "turn      none");

      // Before it is back: a probe of the relay's own could find that out before we flush.
      assertThat(command(relay, 0, "flush", "away.test")).contains("20 messages", "Probed first");
      world.sink().recover(hole, SinkBehaviour.healthy());

      await().atMost(RelayWorld.TIMEOUT).until(() -> world.sink().count() == MESSAGES);
      await().atMost(RelayWorld.TIMEOUT).until(() -> spool.totals().entries() == 0);
      assertThat(command(relay, 0, "list")).contains("0 messages for 0 destinations");
      assertThat(command(relay, 1, "show", id)).isEmpty();
    }
  }

  @Test
  void holdsTheMailOfADestinationThatIsSuspendedByHand() throws Exception {
    try (RelayWorld world = RelayWorld.open()) {
      world.host("good.test", SinkBehaviour.healthy());
      Relay relay = start(world);
      command(relay, 0, "suspend", "good.test", "--for", "1h", "--reason", "they asked");
      RelayWorld.send(relay, "a@here.test", "b@good.test");
      assertThat(command(relay, 0, "list")).contains("by hand", "they asked");
      assertThat(world.sink().count()).isZero();

      assertThat(command(relay, 0, "resume", "good.test")).contains("Resumed good.test.");

      await().atMost(RelayWorld.TIMEOUT).until(() -> world.sink().count() == 1);
    }
  }

  @Test
  void givesMailUpAndTellsItsSender() throws Exception {
    try (RelayWorld world = RelayWorld.open()) {
      world.dead("away.test");
      world.host("here.test", SinkBehaviour.healthy());
      Relay relay = start(world);
      RelayWorld.send(relay, "a@here.test", "b@away.test");
      awaitSuspended(relay);
      await()
          .atMost(RelayWorld.TIMEOUT)
          .untilAsserted(
              () ->
                  assertThat(command(relay, 0, "expire", "away.test", "--yes"))
                      .contains("Given up: 1 entry."));
      await().atMost(RelayWorld.TIMEOUT).until(() -> world.sink().count() == 1);
      String notice =
          new String(world.sink().arrivals().get(0).content().orElseThrow().bytes(), UTF_8);
      assertThat(notice).contains("Final-Recipient: rfc822; b@away.test", "Action: failed");
      await().atMost(RelayWorld.TIMEOUT).until(() -> spool.totals().entries() == 0);
    }
  }

  @Test
  void deletesMailAndTellsNobody() throws Exception {
    try (RelayWorld world = RelayWorld.open()) {
      world.dead("away.test");
      world.host("here.test", SinkBehaviour.healthy());
      Relay relay = start(world);
      RelayWorld.send(relay, "a@here.test", "b@away.test");
      awaitSuspended(relay);
      await()
          .atMost(RelayWorld.TIMEOUT)
          .untilAsserted(
              () ->
                  assertThat(command(relay, 0, "remove", idOfOne(relay), "--yes"))
                      .contains("Deleted: 1 entry."));
      assertThat(spool.totals().entries()).isZero();
      assertThat(command(relay, 0, "list")).contains(" for 0 destinations");
      assertThat(relay.queue().counts().notices()).isZero();
    }
  }

  private Relay start(RelayWorld world) throws Exception {
    return world.keep(
        Relay.start(
            new RelayConfig(
                world.transport().admin(new InetSocketAddress("127.0.0.1", 0)).build(),
                Path.of("in memory"),
                Protocol.LMTP,
                Duration.ofMillis(200),
                Duration.ofSeconds(1),
                Duration.ofHours(1)),
            spool));
  }

  private static void awaitSuspended(Relay relay) {
    await()
        .atMost(RelayWorld.TIMEOUT)
        .until(
            () ->
                relay
                    .gate()
                    .status(new Destination("away.test"))
                    .map(DestinationStatus::standing)
                    .filter(Standing.SUSPENDED::equals)
                    .isPresent());
  }

  private static String idOfOne(Relay relay) {
    JsonObject answer =
        JsonParser.parseString(command(relay, 0, "list", "away.test", "--json")).getAsJsonObject();
    return answer.getAsJsonArray("messages").get(0).getAsJsonObject().get("queueId").getAsString();
  }

  private static String command(Relay relay, int expected, String... words) {
    List<String> args = new ArrayList<>(List.of(words));
    args.add("--admin=127.0.0.1:" + relay.adminAddress().orElseThrow().getPort());
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        ControlCommand.run(args.toArray(String[]::new), new PrintWriter(out), new PrintWriter(err));
    assertThat(code).as("%s %s", out, err).isEqualTo(expected);
    return out.toString();
  }
}
