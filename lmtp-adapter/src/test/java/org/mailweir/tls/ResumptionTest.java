package org.mailweir.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.Principal;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509KeyManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mailweir.message.Destination;
import org.mailweir.thread.TaskThreads;

/** Sessions are resumed: the server shows its certificate once for each judge of it. */
@Timeout(60)
class ResumptionTest {
  @ParameterizedTest
  @CsvSource({"TLSv1.3, VERIFY", "TLSv1.2, VERIFY", "TLSv1.3, ENCRYPT"})
  void resumesASessionWithTheSameHost(String version, TlsMode mode) throws Exception {
    try (Server server = new Server(version)) {
      DomainTlsPolicies policies =
          DomainTlsPolicies.trusting(TestKeys.store("roots"), mode, TlsPolicyTable.empty());
      for (int i = 0; i < 3; i++) {
        talk(server, policies.policy(new Destination("a.test"), "mx.example.test"));
      }
      assertThat(server.certificates).hasValue(1);
    }
  }

  @Test
  void resumesNoSessionThatAnotherJudgeHasTaken() throws Exception {
    try (Server server = new Server("TLSv1.3")) {
      DomainTlsPolicies policies =
          DomainTlsPolicies.trusting(
              TestKeys.store("roots"), TlsMode.VERIFY, TlsPolicyTable.parse("mild.test encrypt"));
      talk(server, policies.policy(new Destination("mild.test"), "mx.example.test"));
      talk(server, policies.policy(new Destination("a.test"), "mx.example.test"));
      assertThat(server.certificates).hasValue(2);
    }
  }

  private static void talk(Server server, TlsPolicy policy) throws IOException {
    try (Socket plain = new Socket("127.0.0.1", server.socket.getLocalPort());
        SSLSocket secure = policy.handshake(plain, "mx.example.test")) {
      // With TLS 1.3 what resumes comes after the handshake, ahead of the first byte.
      assertThat(secure.getInputStream().read()).isEqualTo('x');
    }
  }

  /** Says one byte to each client, and counts how often it had to show its certificate. */
  private static final class Server implements AutoCloseable {
    final AtomicInteger certificates = new AtomicInteger();
    final SSLServerSocket socket;
    private final ExecutorService threads = TaskThreads.newExecutor("tls-server");

    Server(String version) throws Exception {
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(TestKeys.store("trusted"), "changeit".toCharArray());
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          new KeyManager[] {new Counting((X509KeyManager) factory.getKeyManagers()[0])},
          null,
          null);
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

    private final class Counting implements X509KeyManager {
      private final X509KeyManager keys;

      Counting(X509KeyManager keys) {
        this.keys = keys;
      }

      @Override
      public String chooseServerAlias(String type, Principal[] issuers, Socket peer) {
        String alias = keys.chooseServerAlias(type, issuers, peer);
        if (alias != null) {
          certificates.incrementAndGet();
        }
        return alias;
      }

      @Override
      public String[] getServerAliases(String type, Principal[] issuers) {
        return keys.getServerAliases(type, issuers);
      }

      @Override
      public String[] getClientAliases(String type, Principal[] issuers) {
        return keys.getClientAliases(type, issuers);
      }

      @Override
      public String chooseClientAlias(String[] types, Principal[] issuers, Socket peer) {
        return keys.chooseClientAlias(types, issuers, peer);
      }

      @Override
      public java.security.cert.X509Certificate[] getCertificateChain(String alias) {
        return keys.getCertificateChain(alias);
      }

      @Override
      public java.security.PrivateKey getPrivateKey(String alias) {
        return keys.getPrivateKey(alias);
      }
    }
  }
}
