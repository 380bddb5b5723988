package org.mailweir.mxdeliv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.mailweir.mxdeliv.HttpsWorld.SENDER;
import static org.mailweir.mxdeliv.HttpsWorld.code;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.Protocol;
import okio.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.message.Sender;
import org.mailweir.mxdeliv.HttpsWorld.Leave;
import org.mailweir.smtp.SmtpConnection;
import org.mailweir.smtp.SmtpResult;
import org.mailweir.smtp.SmtpResult.Stage;

/** What is posted, what the answers mean, and what is remembered of a host. */
@Timeout(60)
class MxdelivTest {
  private HttpsWorld world;

  @BeforeEach
  void open() throws Exception {
    world = new HttpsWorld();
  }

  @AfterEach
  void close() throws Exception {
    world.close();
  }

  private static int reply(List<SmtpResult> results) {
    return results.get(0).reply().code();
  }

  @ParameterizedTest
  @EnumSource(
      value = Protocol.class,
      names = {"HTTP_2", "HTTP_1_1"})
  void postsTheMessageAsOverSmtpWithItsAddressesInHeaders(Protocol protocol) throws Exception {
    world.web.setProtocols(
        protocol == Protocol.HTTP_2 ? List.of(protocol, Protocol.HTTP_1_1) : List.of(protocol));
    String text = "Subject: hi\r\n\r\n.a dot\r\n..two\r\nb\u00fc\r\n.\r\nno end";
    List<SmtpResult> results =
        world.send(world.open(), SENDER, text, new Leave(), "b@example.test", "c@example.test");
    assertThat(results)
        .hasSize(2)
        .allSatisfy(
            each -> {
              assertThat(each.stage()).isEqualTo(Stage.DOT);
              assertThat(each.answered()).isTrue();
              assertThat(each.reply().code()).isEqualTo(250);
              assertThat(each.reply().text()).contains("HTTPS");
            });
    RecordedRequest posted = world.requests.get(1);
    assertThat(posted.getVersion()).isEqualTo(protocol == Protocol.HTTP_2 ? "HTTP/2" : "HTTP/1.1");
    assertThat(posted.getMethod()).isEqualTo("POST");
    assertThat(posted.getTarget()).isEqualTo("/mxdeliv");
    assertThat(posted.getHeaders().values("X-MAIL-FROM")).containsExactly("a@sender.test");
    assertThat(posted.getHeaders().values("X-MAIL-TO"))
        .containsExactly("b@example.test", "c@example.test");
    assertThat(posted.getHeaders().get("Content-Length"))
        .isEqualTo(String.valueOf(posted.getBodySize()));
    assertThat(posted.getBody().string(StandardCharsets.ISO_8859_1))
        .isEqualTo("Subject: hi\r\n\r\n..a dot\r\n...two\r\nb\u00fc\r\n..\r\nno end\r\n");
    assertThat(world.smtp.attempts).hasValue(0);
    assertThat(world.connector().taken()).isEqualTo(1);
  }

  @Test
  void postsALargeMessageWhole() throws Exception {
    String text = ("." + "x".repeat(70) + "\r\n").repeat(30_000);
    world.web.setBodyLimit(1 << 24);
    world.send(world.open(), SENDER, text, new Leave(), "b@example.test");
    assertThat(world.requests.get(1).getBody().utf8().equals(text.replace(".x", "..x"))).isTrue();
  }

  @Test
  void leavesTheSenderOutWhereThereIsNone() throws Exception {
    Sender none = new Sender("", -1, false, false);
    world.send(world.open(), none, "x\r\n", new Leave(), "b@example.test");
    assertThat(world.requests.get(1).getHeaders().get("X-MAIL-FROM")).isNull();
  }

  @Test
  void asksAHostAgainOnlyWhenItsLastMessageWasAWhileAgo() throws Exception {
    world.deliver("b@example.test");
    world.deliver("b@example.test");
    assertThat(world.methods()).containsExactly("HEAD", "POST", "POST");
    assertThat(world.requests.get(2).getConnectionIndex()).isZero();
    world.advance(Duration.ofSeconds(11));
    world.deliver("b@example.test");
    assertThat(world.methods()).containsExactly("HEAD", "POST", "POST", "HEAD", "POST");
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 204, 301, 403, 404, 502})
  void leavesAnyOtherWebServerToSmtpForHalfAnHour(int code) throws Exception {
    world.head = code(code);
    assertThat(reply(world.deliver("b@example.test"))).isEqualTo(250);
    world.deliver("b@example.test");
    world.advance(Duration.ofMinutes(29));
    world.deliver("b@example.test");
    assertThat(world.smtp.messages).hasSize(3);
    assertThat(world.methods()).containsExactly("HEAD");
    world.advance(Duration.ofMinutes(2));
    world.head = code(405);
    world.deliver("b@example.test");
    assertThat(world.methods()).containsExactly("HEAD", "HEAD", "POST");
  }

  @Test
  void asksAHostAgainWhereSmtpFailedToo() throws Exception {
    world.head = code(404);
    world.smtp.reply = new org.mailweir.message.Reply(451, "4.7.1", "greylisted");
    world.deliver("b@example.test");
    world.deliver("b@example.test");
    assertThat(world.methods()).containsExactly("HEAD", "HEAD");
  }

  @Test
  void asksAHostAgainOnceItCannotBeReachedBySmtpAnyMore() throws Exception {
    world.head = code(404);
    world.deliver("b@example.test");
    world.smtp.reachable = CompletableFuture.completedFuture(false);
    assertThatThrownBy(() -> world.open()).isSameAs(FakeSmtp.UNREACHABLE);
    world.head = code(405);
    assertThat(reply(world.deliver("b@example.test"))).isEqualTo(250);
    assertThat(world.methods()).containsExactly("HEAD", "HEAD", "POST");
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 413, 500, 503})
  void sendsBySmtpWhatWasRefused(int code) throws Exception {
    world.post =
        new MockResponse.Builder().code(code).addHeader("Retry-After: 0").body("no").build();
    world.smtp.reply = new org.mailweir.message.Reply(550, "5.7.1", "not that");
    Leave leave = new Leave();
    List<SmtpResult> results =
        world.send(world.open(), SENDER, "x\r\n", leave, "b@example.test", "c@example.test");
    assertThat(results).allMatch(each -> each.reply().code() == 550 && each.answered());
    assertThat(world.methods()).containsExactly("HEAD", "POST");
    assertThat(leave.given).hasValue(2);
    assertThat(leave.givenBack).hasValue(1);
  }

  @ParameterizedTest
  @CsvSource({
    "400, 523 Encryption Needed: Invalid Unencrypted Mail, 523, 5.0.0",
    "400, 550 5.7.1 no, 550, 5.7.1",
    "400, 550 4.7.1 no, 550, 5.0.0",
    "400, 421 busy, 451, 4.0.0",
    "413, <html>too large, 451, 4.3.0",
    "502, '', 451, 4.3.0"
  })
  void tellsTheRefusalWhereSmtpCannotBeReached(int http, String body, int code, String status)
      throws Exception {
    world.post = code(http, body);
    world.smtp.reachable = CompletableFuture.completedFuture(false);
    SmtpResult one = world.deliver("b@example.test").get(0);
    assertThat(one.answered()).isTrue();
    assertThat(one.reply().code()).isEqualTo(code);
    assertThat(one.reply().status()).isEqualTo(status);
    assertThat(one.reply().text()).contains("said over HTTPS: " + http, "connect timed out");
    assertThat(world.deliver("b@example.test", "c@example.test"))
        .as("of several recipients one alone may be to blame")
        .allMatch(each -> each.reply().code() == 451);
  }

  @Test
  void sendsNothingTwiceWhereTheAnswerIsLost() throws Exception {
    world.web.setProtocols(List.of(Protocol.HTTP_1_1));
    world.post =
        new MockResponse.Builder()
            .onResponseStart(new SocketEffect.CloseSocket(true, false, false))
            .build();
    SmtpResult result = world.deliver("b@example.test").get(0);
    assertThat(result.answered()).isFalse();
    assertThat(result.stage()).isEqualTo(Stage.DOT);
    assertThat(result.reply().code()).isEqualTo(451);
    assertThat(result.reply().text()).contains("may have been delivered");
    assertThat(world.smtp.messages).isEmpty();
    assertThat(world.methods()).containsExactly("HEAD", "POST");
    assertThat(reply(world.deliver("b@example.test"))).isEqualTo(250);
    assertThat(world.smtp.messages).as("the next try goes by SMTP").hasSize(1);
  }

  @Test
  void sendsNothingWithoutLeaveForTheEnd() throws Exception {
    world.web.setProtocols(List.of(Protocol.HTTP_1_1));
    Leave none =
        new Leave() {
          @Override
          public boolean mayFinish() {
            return false;
          }
        };
    SmtpResult result = world.send(world.open(), SENDER, "x\r\n", none, "b@example.test").get(0);
    assertThat(result.reply().text()).contains("gave up");
    assertThat(world.smtp.attempts).hasValue(0);
    assertThat(world.requests.stream().filter(each -> each.getBodySize() > 0)).isEmpty();
  }

  @Test
  void readsNoMoreOfAnAnswerThanItKeeps() throws Exception {
    Buffer endless = new Buffer().writeUtf8("x".repeat(1 << 20));
    world.post =
        new MockResponse.Builder()
            .code(400)
            .body(endless)
            .throttleBody(64 * 1024, 20, TimeUnit.SECONDS)
            .build();
    world.smtp.reachable = CompletableFuture.completedFuture(false);
    assertThat(world.deliver("b@example.test").get(0).reply().text()).hasSizeLessThan(401);
  }

  @Test
  void endsAPostThatIsAborted() throws Exception {
    world.post = new MockResponse.Builder().headersDelay(50, TimeUnit.SECONDS).code(200).build();
    SmtpConnection connection = world.open();
    CompletableFuture<List<SmtpResult>> results =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return world.send(connection, SENDER, "x\r\n", new Leave(), "b@example.test");
              } catch (InterruptedException impossible) {
                throw new AssertionError(impossible);
              }
            });
    await().until(() -> world.methods().contains("POST"));
    connection.abort();
    assertThat(results.get().get(0).reply().text()).contains("may have been delivered");
    assertThat(world.smtp.attempts).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"b\u00fc@example.test", "\"b c\"@example.test"})
  void sendsBySmtpWhatCannotBeAHeader(String address) throws Exception {
    assertThat(reply(world.deliver(address))).isEqualTo(250);
    assertThat(world.smtp.messages).hasSize(1);
    assertThat(world.methods()).containsExactly("HEAD");
  }

  @Test
  void sendsBySmtpWhereThereAreMoreRecipientsThanServersTakeHeaders() throws Exception {
    String[] many = new String[81];
    java.util.Arrays.fill(many, "b@example.test");
    assertThat(world.deliver(many)).hasSize(81);
    assertThat(world.methods()).containsExactly("HEAD");
    String[] long50 = new String[50];
    java.util.Arrays.fill(long50, "b".repeat(200) + "@example.test");
    assertThat(world.deliver(long50)).hasSize(50);
    assertThat(world.methods()).doesNotContain("POST");
  }
}
