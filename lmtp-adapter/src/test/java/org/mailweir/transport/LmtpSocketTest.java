package org.mailweir.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LmtpSocketTest {
  private static final TransportConfig CONFIG =
      TransportConfig.builder()
          .hostname("relay.test")
          .listen(new InetSocketAddress("127.0.0.1", 0))
          .build();

  @Test
  void findsNoneWhereNoneIsHandedIn() throws Exception {
    assertThat(LmtpSocket.inherited(CONFIG, null)).isEmpty();
  }

  @Test
  void takesTheSocketThatIsHandedIn() throws Exception {
    try (ServerSocketChannel handedIn = ServerSocketChannel.open()) {
      handedIn.bind(new InetSocketAddress("127.0.0.1", 0));
      assertThat(LmtpSocket.inherited(CONFIG, handedIn)).containsSame(handedIn);
    }
  }

  @Test
  void passesOverAConnectionOnDescriptorZero() throws Exception {
    try (SocketChannel connection = SocketChannel.open()) {
      assertThat(LmtpSocket.inherited(CONFIG, connection)).isEmpty();
    }
  }

  @Test
  void refusesAHandedInSocketThatOthersReachUnlessToldWhomToTrust() throws Exception {
    try (ServerSocketChannel handedIn = ServerSocketChannel.open()) {
      handedIn.bind(new InetSocketAddress("0.0.0.0", 0));
      assertThatThrownBy(() -> LmtpSocket.inherited(CONFIG, handedIn))
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("is reachable from other hosts");
      TransportConfig trusting =
          TransportConfig.builder()
              .hostname("relay.test")
              .trust(List.of(Cidr.parse("10.0.0.0/8")))
              .build();
      assertThat(LmtpSocket.inherited(trusting, handedIn)).containsSame(handedIn);
    }
  }

  @Test
  void programServesTheSocketThatItsParentListensOn() throws Exception {
    Path perl = Path.of("/usr/bin/perl");
    assumeTrue(Files.isExecutable(perl), "skipped: no /usr/bin/perl to hand a socket over with");
    // Listens on a free port, says which on stderr, and becomes the program with it as descriptor
    // 0.
    String handOver =
        """
        use IO::Socket::INET;
        my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 16) or die;
        print STDERR $s->sockport, "\\n";
        open(STDIN, '<&=', $s->fileno) or die;
        POSIX::dup2($s->fileno, 0);
        exec @ARGV;
        """;
    Process process =
        new ProcessBuilder(
                perl.toString(),
                "-MPOSIX",
                "-e",
                handOver,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Xmx64m",
                TransportMain.class.getName(),
                "--hostname=relay.test",
                "--listen=127.0.0.1:1")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader stderr =
        new BufferedReader(
            new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
      int port = Integer.parseInt(stderr.readLine());
      assertThat(greeting(port)).startsWith("220 relay.test");
      process.destroy();
      assertThat(process.waitFor()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  // The socket listens before the program runs: this connection waits in its backlog.
  private static String greeting(int port) throws IOException {
    try (Socket client = new Socket("127.0.0.1", port)) {
      client.setSoTimeout(50_000);
      return new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII))
          .readLine();
    }
  }
}
