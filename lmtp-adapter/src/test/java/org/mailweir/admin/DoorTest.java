package org.mailweir.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Clock;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What gets through to endpoints that show mail or change something; raw, to send any header. */
@Timeout(60)
class DoorTest {
  private AdminServer admin;

  @BeforeEach
  void start() throws IOException {
    admin =
        AdminServer.builder(new FakeGate<String>(), System::nanoTime, Clock.systemUTC())
            .operator("/mail", request -> Answer.json(200, request.change() + request.body()))
            .start(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
  }

  @AfterEach
  void stop() {
    admin.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.0.0.1:9090", "[::1]:9090", "localhost", "LOCALHOST:1"})
  void letsTheCommandLineIn(String host) throws Exception {
    assertThat(get(host)).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\nfalse\n");
    assertThat(post("Host: " + host, "Content-Type: application/json"))
        .startsWith("HTTP/1.1 200 ")
        .endsWith("\r\n\r\ntrue{}\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"evil.test", "evil.test:9090", "localhost.evil.test", "127.0.0.1.evil", "a b"})
  void refusesANameThatIsNotOurs(String host) throws Exception {
    assertThat(get(host)).startsWith("HTTP/1.1 403 ");
    assertThat(post("Host: " + host, "Content-Type: application/json")).startsWith("HTTP/1.1 403 ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Type: text/plain",
        "Content-Type: application/x-www-form-urlencoded",
        "Content-Type: application/json-seq",
        "X-None: 1",
        "Content-Type: application/json\r\nOrigin: http://evil.test",
        "Content-Type: application/json\r\nOrigin: null",
        "Content-Type: application/json\r\nSec-Fetch-Site: cross-site"
      })
  void refusesWhatAWebPageCanSend(String headers) throws Exception {
    assertThat(post("Host: 127.0.0.1", headers)).startsWith("HTTP/1.1 403 ");
  }

  @Test
  void neverAllowsAnotherOrigin() throws Exception {
    String answer =
        exchange(
            "OPTIONS /mail HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://evil.test\r\n"
                + "Access-Control-Request-Method: POST\r\nConnection: close\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 405 ").contains("Allow: GET, HEAD, POST");
    assertThat(answer.toLowerCase(Locale.ROOT)).doesNotContain("access-control");
  }

  @Test
  void refusesABodyWithoutEnd() throws Exception {
    String body = "x".repeat((64 << 10) + 1);
    assertThat(
            exchange(
                "POST /mail HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                    + "Connection: close\r\nContent-Length: "
                    + body.length()
                    + "\r\n\r\n"
                    + body))
        .startsWith("HTTP/1.1 413 ");
  }

  private String get(String host) throws IOException {
    return exchange("GET /mail HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
  }

  private String post(String host, String headers) throws IOException {
    return exchange(
        "POST /mail HTTP/1.1\r\n"
            + host
            + "\r\n"
            + headers
            + "\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}");
  }

  private String exchange(String request) throws IOException {
    try (Socket socket = new Socket(admin.address().getAddress(), admin.address().getPort())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(request.getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }
}
