package org.mailweir.loopback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BlackHoleTest {
  @Test
  void swallowsConnectionAttempts() throws IOException {
    try (LoopbackNet net = LoopbackNet.open();
        BlackHole hole = BlackHole.open(net.nextAddress(), net.port())) {
      for (int i = 0; i < 5; i++) {
        assertThatThrownBy(() -> connect(hole.address(), 50))
            .isInstanceOf(SocketTimeoutException.class);
      }
    }
  }

  @Test
  void refusesConnectionsOnceItIsClosed() throws IOException {
    try (LoopbackNet net = LoopbackNet.open()) {
      BlackHole hole = BlackHole.open(net.nextAddress(), net.port());
      hole.close();
      assertThatThrownBy(() -> connect(hole.address(), 10_000))
          .isInstanceOf(ConnectException.class)
          .isNotInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void turnsIntoAHealthyHostAtTheSameAddress() throws IOException {
    try (LoopbackNet net = LoopbackNet.open();
        SmtpSink sink = SmtpSink.on(net)) {
      BlackHole hole = BlackHole.open(net.nextAddress(), net.port());
      SinkHost host = sink.recover(hole, SinkBehaviour.healthy());
      try (Dialogue client = Dialogue.with(host.address(), net.port())) {
        client.expect(220);
      }
    }
  }

  @Test
  void opensManyOnOnePort() throws IOException {
    try (LoopbackNet net = LoopbackNet.open()) {
      List<BlackHole> holes = BlackHole.openAll(net.nextAddresses(1000), net.port());
      try {
        assertThat(holes).hasSize(1000);
        assertThatThrownBy(() -> connect(holes.get(999).address(), 50))
            .isInstanceOf(SocketTimeoutException.class);
      } finally {
        for (BlackHole hole : holes) {
          hole.close();
        }
      }
    }
  }

  private static void connect(InetSocketAddress address, int timeoutMillis) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(address, timeoutMillis);
    }
  }
}
