package org.mailweir.admin;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.TimeSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the operator over HTTP: {@code /healthz}, {@code /metrics}, {@code /destinations}. It
 * only reads, and nobody is asked who they are: bind it to an address that only the operator
 * reaches.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class AdminServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AdminServer.class);
  private static final int THREADS = 2;
  private static final int BACKLOG = 50;

  private final HttpServer server;
  private final ExecutorService executor;
  private final GateMetrics metrics;
  private final DestinationList destinations;
  private volatile boolean stopping;

  private AdminServer(HttpServer server, GateMetrics metrics, DestinationList destinations) {
    this.server = server;
    this.metrics = metrics;
    this.destinations = destinations;
    AtomicInteger count = new AtomicInteger();
    executor =
        Executors.newFixedThreadPool(
            THREADS,
            task -> {
              Thread thread = new Thread(task, "mailweir-admin-" + count.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Starts to answer.
   *
   * @param listen where, resolved; port 0 lets the system choose
   * @param gate what is shown
   * @param timeSource the gate's
   * @param further metrics of others, shown with the gate's
   * @throws IOException if the address cannot be bound
   */
  public static AdminServer start(
      InetSocketAddress listen,
      DestinationGate<?> gate,
      TimeSource timeSource,
      Clock clock,
      List<MeterBinder> further)
      throws IOException {
    HttpServer http = HttpServer.create(listen, BACKLOG);
    AdminServer admin =
        new AdminServer(
            http,
            new GateMetrics(gate, timeSource, further),
            new DestinationList(gate, timeSource, clock));
    http.setExecutor(admin.executor);
    http.createContext("/", admin::handle);
    http.start();
    return admin;
  }

  /** Returns where it answers. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /** Says from now on that the program is about to stop, so that nothing new is sent its way. */
  public void stopping() {
    stopping = true;
  }

  /** Stops at once; requests under way are cut off. */
  @Override
  public void close() {
    stopping = true;
    server.stop(0);
    executor.shutdownNow();
    metrics.close();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Answer answer = answer(exchange.getRequestMethod(), exchange.getRequestURI());
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      Headers headers = exchange.getResponseHeaders();
      headers.set("Content-Type", answer.contentType());
      headers.set("Cache-Control", "no-store");
      headers.set("X-Content-Type-Options", "nosniff");
      if (answer.code() == 405) {
        headers.set("Allow", "GET, HEAD");
      }
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(answer.code(), head ? -1 : body.length);
      if (!head) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  private Answer answer(String method, URI uri) {
    if (!method.equals("GET") && !method.equals("HEAD")) {
      return Answer.line(405, "only GET and HEAD");
    }
    try {
      return switch (uri.getPath()) {
        case "/healthz" -> stopping ? Answer.line(503, "stopping") : Answer.line(200, "ok");
        case "/metrics" -> metrics.answer();
        case "/destinations" -> destinations.answer(uri.getRawQuery());
        default -> Answer.line(404, "there are /healthz, /metrics and /destinations");
      };
    } catch (RuntimeException defect) {
      log.error("{} could not be answered", uri.getPath(), defect);
      return Answer.line(500, "failed; see the log");
    }
  }
}
