package org.mailweir.herd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.mailweir.herd.HerdWorld.TIMEOUT;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.mailweir.core.Standing;
import org.mailweir.loopback.Letters;
import org.mailweir.loopback.LmtpConnection;
import org.mailweir.loopback.LmtpLoad;
import org.mailweir.loopback.LmtpLoad.Settings;
import org.mailweir.loopback.LmtpOutcome;
import org.mailweir.loopback.LmtpOutcome.Stage;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.message.Destination;
import org.mailweir.program.TransportProcess;
import org.mailweir.transport.Transport;

/** The program with --state, killed with a herd before it: it need not learn again who is dead. */
@Timeout(120)
class RestartTest {
  private static final String SUSPENDED = "mailweir_destinations{standing=\"suspended\"}";
  private static final String LIVE = "mailweir_destinations{standing=\"live\"}";
  private static final int DEAD = 20;
  private static final int HERD = 400;

  private final Letters letters = new Letters();

  @TempDir private Path directory;

  @Test
  void whoIsDeadIsKnownAfterAKill() throws Exception {
    Path state = directory.resolve("state");
    try (HerdWorld world = HerdWorld.open()) {
      List<String> alive = world.alive("alive", 5, SinkBehaviour.healthy());
      List<String> dead = world.dead("dead", DEAD);
      try (TransportProcess program = start(world, state)) {
        LmtpLoad load = load(world, program);
        alive.forEach(domain -> load.submit(letters.fresh(domain)));
        load.flush(letters.herd(DEAD * 3, dead));
        await().atMost(TIMEOUT).until(() -> suspended(program) == DEAD);
        await().atMost(TIMEOUT).until(() -> count(state, "\"suspended\":{") == DEAD);
        program.kill();
      }
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state)))
          .isEqualTo("rw-------");

      try (TransportProcess program = start(world, state)) {
        assertThat(suspended(program)).isEqualTo(DEAD);
        assertThat(program.metrics().get(LIVE)).isEqualTo(5);
        LmtpLoad load = load(world, program);
        load.flush(letters.herd(HERD, dead));
        alive.forEach(domain -> load.submit(letters.fresh(domain)));
        assertThat(load.awaitFinished(TIMEOUT)).isTrue();
        List<LmtpOutcome> outcomes = load.outcomes();
        assertThat(outcomes).filteredOn(LmtpOutcome::delivered).hasSize(5);
        assertThat(outcomes)
            .filteredOn(outcome -> !outcome.delivered())
            .as("refused at once, without a single attempt")
            .hasSize(HERD)
            .allMatch(outcome -> outcome.recipients().get(0).stage() == Stage.RCPT);
      }
    }
  }

  @Test
  void aStopKeepsWhatTheLastSecondsTaughtAndADamagedFileStopsNoStart() throws Exception {
    Path state = directory.resolve("state");
    Files.writeString(state, "not ours");
    try (HerdWorld world = HerdWorld.open()) {
      String alive = world.alive("alive", 1, SinkBehaviour.healthy()).get(0);
      try (Transport transport = Transport.start(world.config().state(state).build());
          LmtpConnection client = LmtpConnection.open(transport.address(), TIMEOUT)) {
        assertThat(client.send(letters.fresh(alive), true).delivered()).isTrue();
      }
      assertThat(directory.resolve("state.bad")).hasContent("not ours");
      try (Transport transport = Transport.start(world.config().state(state).build())) {
        assertThat(transport.gate().status(new Destination(alive)).orElseThrow().standing())
            .isEqualTo(Standing.LIVE);
      }
    }
  }

  @Test
  void aDirectoryThatIsMissingEndsTheStart() throws Exception {
    Path nowhere = directory.resolve("missing").resolve("state");
    try (HerdWorld world = HerdWorld.open()) {
      assertThatThrownBy(() -> Transport.start(world.config().state(nowhere).build()))
          .isInstanceOf(IOException.class)
          .hasMessage("state: no file can be written in " + nowhere.getParent());
    }
  }

  private static TransportProcess start(HerdWorld world, Path state) throws IOException {
    return TransportProcess.start(
        "--hostname=relay.test",
        "--tls=none",
        "--hold=10s",
        "--connect-timeout=2s",
        "--state=" + state,
        "--dns=127.0.0.1:" + world.dns().getPort(),
        "--remote-port=" + world.net().port());
  }

  private static LmtpLoad load(HerdWorld world, TransportProcess program) {
    return world.load(program.address(), Settings.postfix().timeout(TIMEOUT));
  }

  private static int suspended(TransportProcess program) throws Exception {
    return program.metrics().getOrDefault(SUSPENDED, 0.0).intValue();
  }

  private static int count(Path file, String text) throws IOException {
    return Files.exists(file)
        ? Files.readString(file).split(java.util.regex.Pattern.quote(text), -1).length - 1
        : 0;
  }
}
