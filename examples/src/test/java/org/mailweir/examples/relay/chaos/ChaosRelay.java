package org.mailweir.examples.relay.chaos;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.mailweir.examples.relay.Relay;
import org.mailweir.examples.relay.RelayConfig;
import org.mailweir.examples.relay.spool.disk.DiskSpool;
import org.mailweir.tls.TlsMode;

/**
 * The relay as the program starts it, with short times; and its disk is full while a file exists.
 */
final class ChaosRelay {
  private static final String STARTED = "started";

  private ChaosRelay() {}

  /** Takes its port, the name server's, the mail hosts', the spool, and the file. */
  public static void main(String[] args) throws Exception {
    Path full = Path.of(args[4]);
    RelayConfig.Builder config = RelayConfig.builder();
    config
        .transport()
        .listen(address(args[0]))
        .hostname("relay.test")
        .dns(List.of(address(args[1])))
        .remotePort(Integer.parseInt(args[2]))
        .tls(TlsMode.NONE)
        .hold(Duration.ofMillis(500))
        .connectTimeout(Duration.ofSeconds(1));
    config.retry(Duration.ofMillis(100), Duration.ofMillis(500));
    DiskSpool spool =
        DiskSpool.open(
            Path.of(args[3]), () -> Files.exists(full) ? 0 : 1L << 40, DiskSpool.DEFAULT_RESERVE);
    Relay relay = Relay.start(config.build(), spool);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> relay.stop(Duration.ofSeconds(5))));
    System.out.println(STARTED);
    new CountDownLatch(1).await(); // until SIGTERM, or worse
  }

  /** Returns whether a line of its output says that mail is taken. */
  static boolean isStarted(String line) {
    return line.equals(STARTED);
  }

  private static InetSocketAddress address(String port) {
    return new InetSocketAddress("127.0.0.1", Integer.parseInt(port));
  }
}
