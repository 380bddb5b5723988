package org.mailweir.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mailweir.message.Destination;
import org.mailweir.thread.TaskThreads;

/** Sessions are resumed: a resumed one has the time at which the first one was created. */
@Timeout(60)
class ResumptionTest {
  @ParameterizedTest
  @CsvSource({"TLSv1.3, VERIFY", "TLSv1.2, VERIFY", "TLSv1.3, ENCRYPT"})
  void resumesASessionWithTheSameHost(String version, TlsMode mode) throws Exception {
    try (Server server = new Server(version)) {
      DomainTlsPolicies policies =
          DomainTlsPolicies.trusting(TestKeys.store("roots"), mode, TlsPolicyTable.empty());
      Set<Long> created = new HashSet<>();
      for (int i = 0; i < 3; i++) {
        created.add(talk(server, policies.policy(new Destination("a.test"), "mx.example.test")));
      }
      assertThat(created).hasSize(1);
    }
  }

  @Test
  void resumesNoSessionThatAnotherJudgeHasTaken() throws Exception {
    try (Server server = new Server("TLSv1.3")) {
      DomainTlsPolicies policies =
          DomainTlsPolicies.trusting(
              TestKeys.store("roots"), TlsMode.VERIFY, TlsPolicyTable.parse("mild.test encrypt"));
      long mild = talk(server, policies.policy(new Destination("mild.test"), "mx.example.test"));
      long strict = talk(server, policies.policy(new Destination("a.test"), "mx.example.test"));
      assertThat(strict).isNotEqualTo(mild);
    }
  }

  /** Returns when the session was created, in milliseconds; another one is created later. */
  private static long talk(Server server, TlsPolicy policy) throws IOException {
    try (Socket plain = new Socket("127.0.0.1", server.socket.getLocalPort());
        SSLSocket secure = policy.handshake(plain, "mx.example.test")) {
      // With TLS 1.3 what resumes comes after the handshake, ahead of the first byte.
      assertThat(secure.getInputStream().read()).isEqualTo('x');
      long created = secure.getSession().getCreationTime();
      while (Instant.now().toEpochMilli() <= created) {
        Thread.onSpinWait();
      }
      return created;
    }
  }

  /** Says one byte to each client. */
  private static final class Server implements AutoCloseable {
    final SSLServerSocket socket;
    private final ExecutorService threads = TaskThreads.newExecutor("tls-server");

    Server(String version) throws Exception {
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(TestKeys.store("trusted"), "changeit".toCharArray());
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(factory.getKeyManagers(), null, null);
      socket =
          (SSLServerSocket)
              context
                  .getServerSocketFactory()
                  .createServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
      socket.setEnabledProtocols(new String[] {version});
      threads.execute(this::serve);
    }

    private void serve() {
      while (!socket.isClosed()) {
        try (Socket client = socket.accept()) {
          client.getOutputStream().write('x');
          client.getOutputStream().flush();
          client.getInputStream().read();
        } catch (IOException gone) {
          // The client has what it wanted, or the test is over.
        }
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
      threads.shutdownNow();
    }
  }
}
