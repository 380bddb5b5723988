package org.mailweir.smtp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.message.Destination;
import org.mailweir.message.Recipient;
import org.mailweir.smtp.SmtpResult.Stage;

/** Connections that are used again, and the bounds of that. */
@Timeout(30)
class ReuseTest {
  private ScriptedServer server;
  private World world;

  @BeforeEach
  void start() throws Exception {
    server = new ScriptedServer();
    world = World.of(server);
  }

  @AfterEach
  void stop() throws Exception {
    world.close();
    server.close();
  }

  private void configure(SmtpConfig.Builder config) {
    world.close();
    world = World.of(server, config);
  }

  private List<SmtpConnection> connect(int count) throws Exception {
    List<SmtpConnection> connections = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      connections.add(world.connect());
    }
    return connections;
  }

  private void assertDelivered(int messages) throws Exception {
    assertThat(world.deliver("u@x.test").get(0).reply().code()).isEqualTo(250);
    assertThat(server.messages).hasSize(messages);
  }

  private void awaitOpen(int count) {
    await().untilAsserted(() -> assertThat(world.client.counters().open()).isEqualTo(count));
  }

  @Test
  void sendsTheNextMessageOverTheSameConnectionWithoutRset() throws Exception {
    assertDelivered(1);
    assertDelivered(2);
    assertThat(server.connections()).isEqualTo(1);
    assertThat(server.count("RSET")).isZero();
    assertThat(world.client.counters()).isEqualTo(new SmtpCounters(1, 1, 1, 1));
  }

  @Test
  void checksByRsetWhatHasLainIdleForASecond() throws Exception {
    assertDelivered(1);
    world.advance(Duration.ofSeconds(1));
    assertDelivered(2);
    assertThat(server.connections()).isEqualTo(1);
    assertThat(server.count("RSET")).isEqualTo(1);
  }

  @Test
  void connectsAnewWhereTheCheckIsRefused() throws Exception {
    assertDelivered(1);
    world.advance(Duration.ofSeconds(1));
    server.on("RSET", "421 4.4.2 idle for too long");
    assertDelivered(2);
    assertThat(server.connections()).isEqualTo(2);
  }

  @Test
  void connectsAnewWhereTheCheckIsNotAnswered() throws Exception {
    assertDelivered(1);
    world.advance(Duration.ofSeconds(1));
    server.on("RSET", ScriptedServer.HANG); // as behind a NAT that has forgotten it
    assertDelivered(2);
    assertThat(server.connections()).isEqualTo(2);
  }

  @Test
  void endsACheckWhenAborted() throws Exception {
    assertDelivered(1);
    world.advance(Duration.ofSeconds(1));
    server.on("RSET", ScriptedServer.HANG);
    World.Watcher watcher = new World.Watcher();
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () ->
                failure.complete(
                    catchThrowable(() -> world.client.connect(World.EXAMPLE, watcher))));
    thread.start();
    await().until(() -> server.count("RSET") == 1);
    watcher.abort.run();
    assertThat(failure.get()).isInstanceOf(ConnectFailure.class);
    assertThat(((ConnectFailure) failure.get()).kind()).isEqualTo(ConnectFailure.Kind.ABORTED);
  }

  @Test
  void neverSharesAConnection() throws Exception {
    assertDelivered(1);
    connect(2);
    assertThat(server.connections()).isEqualTo(2);
    assertThat(world.client.counters()).isEqualTo(new SmtpCounters(2, 0, 2, 1));
  }

  @Test
  void tellsThatAnIdleConnectionIsConnected() throws Exception {
    assertDelivered(1);
    World.Watcher watcher = new World.Watcher();
    world.client.connect(World.EXAMPLE, watcher);
    assertThat(watcher.connected).hasValue(1);
  }

  @Test
  void resetsAfterAFailedTransaction() throws Exception {
    server.on("RCPT", "550 no");
    world.deliver("u@x.test");
    assertDelivered(1);
    assertThat(server.count("RSET")).isEqualTo(1);
    assertThat(server.connections()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"421 bye", "<drop>", "500 what"})
  void closesAConnectionThatCannotBeReset(String reply) throws Exception {
    server.on("RCPT", "550 no").on("RSET", reply);
    world.deliver("u@x.test");
    awaitOpen(0);
    assertDelivered(1);
    assertThat(server.connections()).isEqualTo(2);
  }

  @Test
  void doesNotUseWhatTheHostHasClosed() throws Exception {
    assertDelivered(1);
    server.hangUp();
    assertDelivered(2);
    assertThat(server.connections()).isEqualTo(2);
    awaitOpen(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"<drop>", "421 4.4.2 idle for too long", "<last>421 4.4.2 idle"})
  void replacesAConnectionThatTurnsOutToBeDead(String reply) throws Exception {
    assertDelivered(1);
    server.on("MAIL", reply);
    List<SmtpResult> results = world.deliver("u@x.test", "v@x.test");
    assertThat(results).allMatch(each -> each.reply().code() == 250 && !each.pushedBack());
    assertThat(server.messages).hasSize(2);
    assertThat(server.connections()).isEqualTo(2);
    awaitOpen(1);
  }

  @Test
  void replacesOnlyOnce() throws Exception {
    assertDelivered(1);
    server.on("MAIL", ScriptedServer.DROP, ScriptedServer.DROP);
    SmtpResult result = world.deliver("u@x.test").get(0);
    assertThat(result.answered()).isFalse();
    assertThat(result.stage()).isEqualTo(Stage.MAIL);
    assertThat(server.connections()).isEqualTo(2);
  }

  @Test
  void tellsWhereNoReplacementCanBeHad() throws Exception {
    assertDelivered(1);
    server.on("MAIL", ScriptedServer.DROP).on("BANNER", "421 4.3.2 too busy");
    SmtpResult result = world.deliver("u@x.test").get(0);
    assertThat(result.stage()).isEqualTo(Stage.MAIL);
    assertThat(result.pushedBack()).isTrue();
    assertThat(result.reply().code()).isEqualTo(451);
    assertThat(result.reply().text()).contains("said: 421 4.3.2 too busy");
  }

  @Test
  void neverSendsAgainWhatMayHaveBeenTaken() throws Exception {
    assertDelivered(1);
    server.on("DOT", ScriptedServer.DROP);
    assertThat(world.deliver("u@x.test").get(0).stage()).isEqualTo(Stage.DOT);
    assertThat(server.messages).hasSize(2);
    assertThat(server.connections()).isEqualTo(1);
  }

  @Test
  void closesIdleConnectionsOfAHostThatPushesBack() throws Exception {
    List<SmtpConnection> connections = connect(3);
    connections.get(0).release();
    connections.get(1).release();
    assertThat(world.client.counters().idle()).isEqualTo(2);
    server.on("RCPT", "421 4.7.0 enough");
    world.send(connections.get(2), World.HELLO, "u@x.test");
    assertThat(world.client.counters().idle()).isZero();
    awaitOpen(0);
  }

  @Test
  void keepsAtMostSoManyForEachDestination() throws Exception {
    configure(World.config(server.port()).idle(2, 100));
    connect(4).forEach(SmtpConnection::release);
    assertThat(world.client.counters().idle()).isEqualTo(2);
    await().until(() -> server.count("QUIT") == 2);
    awaitOpen(2);
  }

  @Test
  void closesTheOldestWhereThereAreTooManyInAll() throws Exception {
    configure(World.config(server.port()).idle(2, 2));
    Destination other = new Destination("other.test");
    world.route(other, server.host("mx.other.test"));
    world.client.connect(other, new World.Watcher()).release();
    connect(2).forEach(SmtpConnection::release);
    assertThat(world.client.counters().idle()).isEqualTo(2);
    world.client.connect(other, new World.Watcher());
    assertThat(world.client.counters())
        .as("that of other.test was the oldest")
        .isEqualTo(new SmtpCounters(3, 2, 4, 0));
  }

  @Test
  void keepsNoneForLongerThanItsTime() throws Exception {
    assertDelivered(1);
    world.advance(Duration.ofSeconds(9));
    world.client.evictExpired();
    assertThat(world.client.counters().idle()).isEqualTo(1);
    world.advance(Duration.ofSeconds(1));
    world.client.evictExpired();
    assertThat(world.client.counters().idle()).isZero();
    await().until(() -> server.count("QUIT") == 1);
    awaitOpen(0);
  }

  @Test
  void usesNoneWhoseTimeIsOver() throws Exception {
    assertDelivered(1);
    world.advance(Duration.ofSeconds(10));
    assertDelivered(2);
    assertThat(server.connections()).isEqualTo(2);
  }

  @Test
  void usesAConnectionForSoManyMessages() throws Exception {
    configure(World.config(server.port()).use(3, Duration.ofHours(1)));
    for (int i = 1; i <= 7; i++) {
      assertDelivered(i);
    }
    assertThat(server.connections()).isEqualTo(3);
  }

  @Test
  void usesAConnectionUpToItsAge() throws Exception {
    configure(World.config(server.port()).use(100, Duration.ofSeconds(15)));
    assertDelivered(1);
    world.advance(Duration.ofSeconds(8));
    assertDelivered(2);
    world.advance(Duration.ofSeconds(8));
    assertDelivered(3);
    assertThat(server.connections()).isEqualTo(2);
  }

  @Test
  void closesIdleConnectionsAtTheEnd() throws Exception {
    SmtpConnection used = world.connect();
    world.connect().release();
    world.client.close();
    awaitOpen(1);
    world.send(used, World.HELLO, "u@x.test");
    assertThat(server.messages).as("those in use go on").hasSize(1);
    awaitOpen(0);
  }

  @Test
  void releasesOnlyOnce() throws Exception {
    SmtpConnection connection = world.connect();
    connection.release();
    connection.release();
    connection.abort();
    assertThat(world.client.counters()).isEqualTo(new SmtpCounters(1, 1, 1, 0));
    assertDelivered(1);
  }

  @Test
  void closesAtOnceWhenAborted() throws Exception {
    SmtpConnection connection = world.connect();
    connection.abort();
    connection.release();
    assertThat(world.client.counters()).isEqualTo(new SmtpCounters(0, 0, 1, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"MAIL", "DATA", "DOT"})
  void endsATransmissionWhenAborted(String step) throws Exception {
    server.on(step, ScriptedServer.HANG);
    SmtpConnection connection = world.connect();
    Thread killer = whenSilent(step, connection::abort);
    SmtpResult result = world.send(connection, World.HELLO, "u@x.test").get(0);
    killer.join();
    assertThat(result.answered()).isFalse();
    assertThat(result.stage()).isEqualTo(Stage.valueOf(step));
    assertThat(result.reply().text()).startsWith("gave up on mx.example.test[127.0.0.1]");
    awaitOpen(0);
  }

  @Test
  void endsTheSearchForAReplacementWhenAborted() throws Exception {
    assertDelivered(1);
    server.on("MAIL", ScriptedServer.DROP).on("BANNER", ScriptedServer.HANG);
    SmtpConnection connection = world.connect();
    Thread killer =
        new Thread(
            () -> {
              await().until(() -> server.connections() == 2);
              connection.abort();
            });
    killer.start();
    SmtpResult result = world.send(connection, World.HELLO, "u@x.test").get(0);
    killer.join();
    assertThat(result.answered()).isFalse();
    assertThat(result.reply().text()).isEqualTo("the attempt to connect was given up");
    awaitOpen(0);
  }

  @Test
  void endsATransmissionWhenInterrupted() throws Exception {
    server.on("DOT", ScriptedServer.HANG);
    SmtpConnection connection = world.connect();
    World.Collector collector = new World.Collector(1);
    Thread sender = Thread.currentThread();
    Thread killer = whenSilent("DOT", sender::interrupt);
    boolean interrupted = false;
    try {
      world.send(connection, World.SENDER, World.HELLO, collector, "u@x.test");
    } catch (InterruptedException asAsked) {
      interrupted = true;
    }
    killer.join();
    assertThat(interrupted).isTrue();
    assertThat(collector.all().get(0).stage()).isEqualTo(Stage.DOT);
    awaitOpen(0);
  }

  private Thread whenSilent(String step, Runnable action) {
    Thread thread =
        new Thread(
            () -> {
              await()
                  .until(
                      () ->
                          step.equals("DOT") ? !server.messages.isEmpty() : server.count(step) > 0);
              action.run();
            });
    thread.start();
    return thread;
  }

  @Test
  void endsATransmissionAtItsDeadline() throws Exception {
    server.on("DATA", ScriptedServer.HANG);
    SmtpConnection connection = world.connect();
    World.Collector collector = new World.Collector(1);
    connection.send(
        World.SENDER,
        List.of(new Recipient("u@x.test", World.EXAMPLE)),
        World.HELLO,
        world.now() + Duration.ofSeconds(1).toNanos(),
        collector);
    assertThat(collector.all().get(0).reply().text()).startsWith("timed out");
    awaitOpen(0);
  }

  @Test
  void neverHangsOnAHostThatStopsReading() throws Exception {
    Timeouts impatient = World.timeouts(Duration.ofSeconds(20), Duration.ofSeconds(1));
    configure(World.config(server.port()).timeouts(impatient));
    server.stopsReadingAfterData();
    TestBody body = new TestBody("x".repeat(78).concat("\r\n").repeat(200_000).getBytes(US_ASCII));
    server.offers("PIPELINING");
    SmtpResult result = world.send(world.connect(), body, "u@x.test").get(0);
    assertThat(result.stage()).isEqualTo(Stage.DATA);
    assertThat(result.reply().text()).startsWith("timed out with");
    awaitOpen(0);
  }

  @Test
  void passesOnWhatAHostSaysBeforeItClosesTheConnectionInTheMiddleOfTheBody() throws Exception {
    server.offers("PIPELINING").on("DATA", "354 go\r\n552 5.3.4 too big").closesAfterData();
    TestBody body = new TestBody("x".repeat(78).concat("\r\n").repeat(200_000).getBytes(US_ASCII));
    SmtpResult result = world.send(world.connect(), body, "u@x.test").get(0);
    assertThat(result.stage()).isEqualTo(Stage.DATA);
    assertThat(result.answered()).isTrue();
    assertThat(result.reply().code()).isEqualTo(552);
    awaitOpen(0);
  }
}
