package org.mailweir.recall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class FlushSocketTest {
  @TempDir Path directory;
  private FlushService service;
  private FlushSocket socket;

  @BeforeEach
  void open() throws IOException {
    service = new FlushService(directory.resolve("flush"));
    socket = new FlushSocket(directory.resolve("flush"));
  }

  @AfterEach
  void close() throws IOException {
    service.close();
  }

  @Test
  void asksForOneMessageAConnection() throws IOException {
    socket.call("4bVcQ45xllz1SCKT");
    socket.call("4bVcQ45xllz1SCKV");
    assertThat(service.requests)
        .containsExactly(
            "request\0send_file\0queue_id\0" + "4bVcQ45xllz1SCKT\0\0",
            "request\0send_file\0queue_id\0" + "4bVcQ45xllz1SCKV\0\0");
  }

  @Test
  void worksWithAServiceThatSendsAnswerAndGreetingInOne() throws IOException {
    service.greeting = FlushService.GREETING + FlushService.OK;
    service.answer = "";
    socket.call("4bVcQ45xllz1SCKT");
  }

  @Test
  void tellsARefusal() {
    service.answer = "status\0" + "4\0\0";
    assertThatThrownBy(() -> socket.call("4bVcQ45xllz1SCKT"))
        .isInstanceOf(IOException.class)
        .hasMessage("the service said status 4");
  }

  @Test
  void tellsAnAnswerThatIsCutOff() {
    service.answer = "status\0";
    assertThatThrownBy(() -> socket.call("4bVcQ45xllz1SCKT"))
        .isInstanceOf(IOException.class)
        .hasMessage("the service closed the connection");
  }

  @Test
  void readsNoAnswerWithoutEnd() {
    service.greeting = "x".repeat(100_000);
    assertThatThrownBy(() -> socket.call("4bVcQ45xllz1SCKT"))
        .isInstanceOf(IOException.class)
        .hasMessage("the service's answer has no end");
  }

  @Test
  void failsWhereNobodyListens() throws IOException {
    service.close();
    assertThatThrownBy(() -> socket.call("4bVcQ45xllz1SCKT")).isInstanceOf(IOException.class);
  }

  @Test
  void isEndedFromOutside() {
    service.greeting = ""; // and it waits for a request, as we do for the greeting
    CompletableFuture<String> result =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                socket.call("4bVcQ45xllz1SCKT");
                return "called";
              } catch (IOException ended) {
                return "ended";
              }
            });
    while (!result.isDone()) {
      socket.hangUp();
      Thread.onSpinWait();
    }
    assertThat(result.join()).isEqualTo("ended");
  }
}
