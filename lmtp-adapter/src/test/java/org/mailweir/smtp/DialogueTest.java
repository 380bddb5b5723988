package org.mailweir.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.message.Body;
import org.mailweir.message.Sender;
import org.mailweir.smtp.SmtpResult.Stage;

/** One message, every answer at every step, with and without pipelining. */
@Timeout(30)
class DialogueTest {
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

  private void restart(boolean pipelining) throws Exception {
    stop();
    start();
    pipelining(pipelining);
  }

  private void pipelining(boolean offered) {
    if (!offered) {
      server.offers("8BITMIME", "SMTPUTF8", "SIZE 10000000");
    }
  }

  private static List<Integer> codes(List<SmtpResult> results) {
    return results.stream().map(each -> each.reply().code()).toList();
  }

  private static List<Stage> stages(List<SmtpResult> results) {
    return results.stream().map(SmtpResult::stage).toList();
  }

  private static void assertReply(SmtpResult result, int code, String status, String text) {
    assertThat(result.reply().code()).isEqualTo(code);
    assertThat(result.reply().status()).isEqualTo(status);
    assertThat(result.reply().text()).isEqualTo(text);
  }

  private SmtpResult only(String verb, String reply) throws Exception {
    server.on(verb, reply);
    return world.deliver("u@example.test").get(0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void deliversToAllRecipients(boolean pipelining) throws Exception {
    pipelining(pipelining);
    List<SmtpResult> results = world.deliver("u@example.test", "v@example.test");
    assertThat(results)
        .allMatch(SmtpResult::answered)
        .extracting(SmtpResult::stage)
        .containsOnly(Stage.DOT);
    assertReply(
        results.get(1),
        250,
        "2.0.0",
        "host mx.example.test[127.0.0.1] said: 250 2.0.0 queued (in reply to end of DATA)");
    assertThat(server.message(0)).isEqualTo("Subject: hi\r\n\r\nhello\r\n");
    assertThat(server.commands)
        .containsExactly(
            "EHLO relay.test",
            "MAIL FROM:<a@sender.test> SIZE=22",
            "RCPT TO:<u@example.test>",
            "RCPT TO:<v@example.test>",
            "DATA");
  }

  @Test
  void sendsAllCommandsAtOnceWherePipeliningIsOffered() throws Exception {
    server.repliesOnlyWhenIdle();
    assertThat(codes(world.deliver("u@example.test", "v@example.test"))).containsOnly(250);
  }

  @Test
  void waitsForEachReplyWherePipeliningIsNotOffered() throws Exception {
    pipelining(false);
    assertThat(codes(world.deliver("u@example.test", "v@example.test"))).containsOnly(250);
    assertThat(server.moreWasWaiting).containsOnly(false);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void reportsEachRecipientOnItsOwn(boolean pipelining) throws Exception {
    pipelining(pipelining);
    server.on("RCPT", "250 ok", "550 5.1.1 no such user", "452 4.2.2 full", "250 ok");
    List<SmtpResult> results = world.deliver("a@x.test", "b@x.test", "c@x.test", "d@x.test");
    assertThat(codes(results)).containsExactly(250, 550, 452, 250);
    assertThat(stages(results)).containsExactly(Stage.DOT, Stage.RCPT, Stage.RCPT, Stage.DOT);
    assertReply(
        results.get(1),
        550,
        "5.1.1",
        "host mx.example.test[127.0.0.1] said: 550 5.1.1 no such user (in reply to RCPT TO)");
    assertThat(server.messages).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "MAIL, 450 4.1.8 later, 450, 4.1.8, MAIL",
    "MAIL, 550 no, 550, 5.0.0, MAIL",
    "RCPT, 450 later, 450, 4.0.0, RCPT",
    "RCPT, 550 5.1.1 no, 550, 5.1.1, RCPT",
    "RCPT, 550 4.1.1 odd, 550, 5.0.0, RCPT",
    "DATA, 451 4.3.0 later, 451, 4.3.0, DATA",
    "DATA, 554 5.6.0 no, 554, 5.6.0, DATA",
    "DOT, 451 4.3.0 later, 451, 4.3.0, DOT",
    "DOT, 554 5.7.1 spam, 554, 5.7.1, DOT"
  })
  void passesOnWhatTheHostSays(String verb, String reply, int code, String status, Stage stage)
      throws Exception {
    for (boolean pipelining : new boolean[] {true, false}) {
      restart(pipelining);
      SmtpResult result = only(verb, reply);
      assertThat(result.stage()).isEqualTo(stage);
      assertThat(result.answered()).isTrue();
      assertThat(result.pushedBack()).isFalse();
      assertThat(result.reply().code()).isEqualTo(code);
      assertThat(result.reply().status()).isEqualTo(status);
      assertThat(result.reply().text()).contains("said: " + reply);
      assertThat(world.deliver("w@example.test").get(0).reply().code()).isEqualTo(250);
      assertThat(server.connections()).as("the connection is used again").isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "MAIL, 354 what",
    "MAIL, 150 wait",
    "RCPT, 354 what",
    "RCPT, 199 hm",
    "DATA, 250 ok",
    "DATA, 334 hm",
    "DOT, 354 more",
    "DOT, 100 hm"
  })
  void tellsRepliesWithoutMeaningAs451(String verb, String reply) throws Exception {
    for (boolean pipelining : new boolean[] {true, false}) {
      restart(pipelining);
      SmtpResult result = only(verb, reply);
      assertThat(result.answered()).isTrue();
      assertThat(result.reply().code()).isEqualTo(451);
      assertThat(result.reply().status()).isEqualTo("4.5.0");
      assertThat(result.stage()).isEqualTo(Stage.valueOf(verb));
    }
  }

  @ParameterizedTest
  @CsvSource({"MAIL", "RCPT", "DATA", "DOT"})
  void tellsA421As451AndAsAPushBack(String verb) throws Exception {
    for (boolean pipelining : new boolean[] {true, false}) {
      restart(pipelining);
      SmtpResult result = only(verb, ScriptedServer.LAST + "421 4.7.0 closing");
      assertThat(result.stage()).isEqualTo(Stage.valueOf(verb));
      assertThat(result.answered()).isTrue();
      assertThat(result.pushedBack()).isTrue();
      assertThat(result.reply().code()).isEqualTo(451);
      assertThat(result.reply().status()).isEqualTo("4.7.0");
      assertThat(result.reply().text()).contains("said: 421 4.7.0 closing");
      assertThat(world.client.counters().idle()).isZero();
      assertThat(server.messages).hasSize(verb.equals("DOT") ? 1 : 0);
    }
  }

  @Test
  void a421InTheMiddleCoversAcceptedRecipientsToo() throws Exception {
    server.on("RCPT", "250 ok", "550 5.1.1 no", ScriptedServer.LAST + "421 bye");
    List<SmtpResult> results = world.deliver("a@x.test", "b@x.test", "c@x.test", "d@x.test");
    assertThat(codes(results)).containsExactly(451, 550, 451, 451);
    assertThat(results).extracting(SmtpResult::pushedBack).containsExactly(true, false, true, true);
  }

  @ParameterizedTest
  @CsvSource({"MAIL", "RCPT", "DATA"})
  void tellsALostConnectionBeforeTheDot(String verb) throws Exception {
    for (boolean pipelining : new boolean[] {true, false}) {
      restart(pipelining);
      SmtpResult result = only(verb, ScriptedServer.DROP);
      assertThat(result.answered()).isFalse();
      assertThat(result.pushedBack()).isFalse();
      assertThat(result.stage()).isEqualTo(Stage.valueOf(verb));
      assertThat(result.reply().code()).isEqualTo(451);
      assertThat(result.reply().status()).isEqualTo("4.4.2");
      assertThat(result.reply().text())
          .startsWith("lost connection with mx.example.test[127.0.0.1] in " + verb);
    }
  }

  @Test
  void saysThatItMayHaveBeenDeliveredWhereTheConnectionIsLostAfterTheDot() throws Exception {
    SmtpResult result = only("DOT", ScriptedServer.DROP);
    assertThat(result.stage()).isEqualTo(Stage.DOT);
    assertThat(result.answered()).isFalse();
    assertReply(
        result,
        451,
        "4.4.2",
        "lost connection with mx.example.test[127.0.0.1] after final dot; may have been delivered");
  }

  @ParameterizedTest
  @CsvSource({"MAIL", "RCPT", "DATA", "DOT"})
  void givesUpOnAHostThatIsSilent(String verb) throws Exception {
    server.on(verb, ScriptedServer.HANG);
    Timeouts impatient = World.timeouts(Duration.ofSeconds(20), Duration.ofSeconds(1));
    try (World shortly = World.of(server, World.config(server.port()).timeouts(impatient))) {
      SmtpResult result = shortly.deliver("u@x.test").get(0);
      assertThat(result.answered()).isFalse();
      assertThat(result.stage()).isEqualTo(Stage.valueOf(verb));
      assertThat(result.reply().text()).startsWith("timed out with mx.example.test[127.0.0.1]");
    }
  }

  @ParameterizedTest
  @CsvSource({"MAIL", "RCPT", "DATA", "DOT"})
  void givesUpOnEndlessReplies(String verb) throws Exception {
    for (String endless :
        new String[] {ScriptedServer.ENDLESS_LINE, ScriptedServer.ENDLESS_LINES}) {
      restart(true);
      SmtpResult result = only(verb, endless);
      assertThat(result.stage()).isEqualTo(Stage.valueOf(verb));
      assertThat(result.reply().code()).isEqualTo(451);
      assertThat(result.reply().status()).isEqualTo("4.5.0");
    }
  }

  @ParameterizedTest
  @CsvSource({"MAIL, 250 ok", "RCPT, 250 ok", "DATA, 354 go", "DOT, 250 ok"})
  void understandsRepliesThatDrip(String verb, String reply) throws Exception {
    assertThat(only(verb, ScriptedServer.DRIP + reply).reply().code()).isEqualTo(250);
  }

  @Test
  void sendsNoMessageWhereMailFailsAndDataIsTaken() throws Exception {
    server.on("MAIL", "451 4.3.0 later").on("DATA", "354 go ahead");
    SmtpResult result = world.deliver("u@example.test").get(0);
    assertThat(result.stage()).isEqualTo(Stage.MAIL);
    assertThat(server.messages).hasSize(1);
    assertThat(server.message(0)).as("a lone dot").isEmpty();
    assertThat(codes(world.deliver("v@example.test"))).containsExactly(250);
    assertThat(server.connections()).isEqualTo(1);
    assertThat(server.count("RSET")).isEqualTo(1);
  }

  @Test
  void sendsALoneDotWhereAllRecipientsAreRefusedAndDataIsTaken() throws Exception {
    server.on("RCPT", "550 no", "550 no").on("DATA", "354 go").on("DOT", "554 no valid recipients");
    assertThat(codes(world.deliver("u@x.test", "v@x.test"))).containsExactly(550, 550);
    assertThat(server.message(0)).isEmpty();
    assertThat(codes(world.deliver("u@x.test"))).containsExactly(250);
    assertThat(server.connections()).isEqualTo(1);
  }

  @Test
  void neverSendsALoneDotToARecipientThatWasAccepted() throws Exception {
    server.on("MAIL", "451 4.3.0 later").on("RCPT", "250 ok anyway").on("DATA", "354 go");
    assertThat(codes(world.deliver("u@x.test"))).containsExactly(451);
    assertThat(codes(world.deliver("v@x.test"))).containsExactly(250);
    assertThat(server.messages).hasSize(1);
    assertThat(server.message(0)).isNotEmpty();
    assertThat(server.connections()).isEqualTo(2);
  }

  @Test
  void sendsNoDataWhereAllRecipientsAreRefusedWithoutPipelining() throws Exception {
    pipelining(false);
    server.on("RCPT", "550 no", "450 later");
    assertThat(codes(world.deliver("u@x.test", "v@x.test"))).containsExactly(550, 450);
    assertThat(server.count("DATA")).isZero();
    assertThat(server.count("RSET")).isEqualTo(1);
  }

  @Test
  void sendsThousandsOfRecipientsToAHostThatAnswersEachAtLength() throws Exception {
    int count = 3000;
    String answer = "250-" + "x".repeat(400) + "\r\n250 ok";
    server.on("RCPT", IntStream.range(0, count).mapToObj(i -> answer).toArray(String[]::new));
    String[] recipients =
        IntStream.range(0, count)
            .mapToObj(i -> "user" + i + "@example.test")
            .toArray(String[]::new);
    assertThat(codes(world.deliver(recipients))).hasSize(count).containsOnly(250);
    assertThat(server.messages).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".\r\n",
        "..\r\n.\r\n.a\r\n",
        "a\r\n.\r\nb\r\n",
        "\r\n\r\n",
        "a line\r\n",
        "no end",
        "\u00e4 8-bit\r\n"
      })
  void neverChangesTheMessage(String text) throws Exception {
    assertThat(codes(world.send(world.connect(), TestBody.of(text), "u@x.test")))
        .containsExactly(250);
    assertThat(server.message(0)).isEqualTo(text.equals("no end") ? "no end\r\n" : text);
  }

  @Test
  void sendsALargeMessageWhole() throws Exception {
    String text = (".\r\n" + "x".repeat(70) + "\r\n..y\r\n").repeat(50_000);
    assertThat(codes(world.send(world.connect(), TestBody.of(text), "u@x.test")))
        .containsExactly(250);
    assertThat(server.message(0).equals(text)).isTrue();
  }

  @Test
  void saysNothingOfWhatIsNotOffered() throws Exception {
    server.offers();
    assertThat(codes(world.deliver("u@x.test"))).containsExactly(250);
    assertThat(server.commands).contains("MAIL FROM:<a@sender.test>");
  }

  @Test
  void asksForEightBitAndUtf8WhereTheMessageNeedsThem() throws Exception {
    Sender sender = new Sender("j\u00fcrgen@sender.test", -1, false, true);
    Body body = TestBody.of("\u00e4\r\n");
    world.send(world.connect(), sender, body, new World.Collector(1), "u@x.test");
    assertThat(server.commands.get(1))
        .isEqualTo("MAIL FROM:<j\u00c3\u00bcrgen@sender.test> SIZE=3 BODY=8BITMIME SMTPUTF8");
  }

  @Test
  void sendsTheNullSender() throws Exception {
    Sender sender = new Sender("", -1, true, false);
    world.send(world.connect(), sender, World.HELLO, new World.Collector(1), "u@x.test");
    assertThat(server.commands.get(1)).isEqualTo("MAIL FROM:<> SIZE=22 BODY=8BITMIME");
  }

  @ParameterizedTest
  @CsvSource({
    "PIPELINING, \u00e4, false, 554, 5.6.3",
    "8BITMIME, a, true, 553, 5.6.7",
    "SIZE 5, abcdef, false, 552, 5.3.4"
  })
  void refusesBeforehandWhatTheHostCannotTake(
      String offer, String text, boolean utf8, int code, String status) throws Exception {
    server.offers(offer);
    Sender sender = new Sender("a@sender.test", -1, true, utf8);
    SmtpConnection connection = world.connect();
    SmtpResult result =
        world
            .send(connection, sender, TestBody.of(text), new World.Collector(1), "u@x.test")
            .get(0);
    assertThat(result.stage()).isEqualTo(Stage.BEFORE);
    assertThat(result.answered()).isFalse();
    assertThat(result.reply().code()).isEqualTo(code);
    assertThat(result.reply().status()).isEqualTo(status);
    assertThat(result.reply().text()).contains("mx.example.test[127.0.0.1]");
    connection.release();
    assertThat(world.client.counters().idle()).as("the connection is as good as new").isEqualTo(1);
  }

  @Test
  void neverLetsAnAddressBreakTheLine() throws Exception {
    SmtpResult result = world.deliver("u@x.test>\r\nRSET\r\nX").get(0);
    assertThat(result.reply().code()).isEqualTo(553);
    assertThat(server.count("RSET")).isZero();
  }

  @Test
  void writesNoDotWithoutLeave() throws Exception {
    World.Collector refusing =
        new World.Collector(2) {
          @Override
          public boolean mayFinish() {
            return false;
          }
        };
    SmtpConnection connection = world.connect();
    List<SmtpResult> results =
        world.send(connection, World.SENDER, World.HELLO, refusing, "u@x.test", "v@x.test");
    connection.release();
    assertThat(results)
        .allMatch(each -> !each.answered() && each.stage() == Stage.DATA)
        .allMatch(each -> each.reply().code() == 451);
    assertThat(server.messages).isEmpty();
    assertThat(world.client.counters()).isEqualTo(new SmtpCounters(0, 0, 1, 0));
  }

  @Test
  void asksForLeaveOnlyWhereThereIsSomeoneToSendTo() throws Exception {
    server.on("RCPT", "550 no");
    World.Collector collector = new World.Collector(1);
    world.send(world.connect(), World.SENDER, World.HELLO, collector, "u@x.test");
    assertThat(collector.finishes).hasValue(0);
  }

  @Test
  void tellsWhenTheBodyIsGone() throws Exception {
    TestBody body = TestBody.of("x\r\n");
    body.close();
    SmtpResult result = world.send(world.connect(), body, "u@x.test").get(0);
    assertThat(result.answered()).isFalse();
    assertThat(result.reply().status()).isEqualTo("4.3.0");
    assertThat(server.messages).isEmpty();
  }

  @Test
  void cutsLongRepliesButNamesTheHostAndTheCommand() throws Exception {
    SmtpResult result = only("RCPT", "550-" + "a".repeat(500) + "\r\n550 " + "b".repeat(500));
    assertThat(result.reply().text())
        .hasSizeLessThanOrEqualTo(400)
        .startsWith("host mx.example.test[127.0.0.1] said: 550 aaa")
        .endsWith("... (in reply to RCPT TO)");
  }

  @Test
  void noticesThrottling() throws Exception {
    assertThat(only("RCPT", "450 4.7.28 rate limit").throttled()).isTrue();
    assertThat(only("DOT", "450 4.2.0 greylisted").throttled()).isFalse();
  }
}
