package org.mailweir.admin;

import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.TimeSource;

/**
 * Answers the operator over HTTP: {@code /} is a page to read, {@code /destinations}, {@code
 * /metrics} and {@code /healthz} are for programs. A transport may add metrics, parts of the page
 * and endpoints of its own.
 *
 * <p>Nobody is asked who they are: bind it to an address that only the operator reaches. What shows
 * mail or changes anything is {@linkplain Builder#operator behind a door} all the same.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class AdminServer implements AutoCloseable {
  private static final int THREADS = 2;
  private static final int BACKLOG = 50;

  private final HttpServer server;
  private final ExecutorService executor = threads();
  private final GateMetrics metrics;
  private volatile boolean stopping;

  private AdminServer(HttpServer server, Builder builder) {
    this.server = server;
    metrics = new GateMetrics(builder.gate, builder.timeSource, builder.metrics);
    DestinationList destinations =
        new DestinationList(builder.gate, builder.timeSource, builder.clock);
    OperatorPage page =
        new OperatorPage(
            builder.program,
            new GateView(builder.gate, builder.timeSource, builder.clock),
            List.copyOf(builder.figures),
            List.copyOf(builder.sections));
    Map<String, Exchange.Place> places = new TreeMap<>(builder.places);
    places.put("/", Exchange.Place.open(request -> page.answer()));
    places.put("/healthz", Exchange.Place.open(request -> health()));
    places.put("/metrics", Exchange.Place.open(request -> metrics.answer()));
    places.put(
        "/destinations", Exchange.Place.open(request -> destinations.answer(request.query())));
    server.setExecutor(executor);
    server.createContext("/", new Exchange(places));
    server.start();
  }

  /**
   * Returns a builder.
   *
   * @param gate what is shown
   * @param timeSource the gate's
   */
  public static Builder builder(DestinationGate<?> gate, TimeSource timeSource, Clock clock) {
    return new Builder(gate, timeSource, clock);
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

  private Answer health() {
    return stopping ? Answer.line(503, "stopping") : Answer.line(200, "ok");
  }

  private static ExecutorService threads() {
    AtomicInteger count = new AtomicInteger();
    return Executors.newFixedThreadPool(
        THREADS,
        task -> {
          Thread thread = new Thread(task, "mailweir-admin-" + count.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }

  /**
   * Says what is shown beside the gate.
   *
   * <p>Thread safety: none.
   */
  public static final class Builder {
    private final DestinationGate<?> gate;
    private final TimeSource timeSource;
    private final Clock clock;
    private String program = "Mailweir";
    private final List<MeterBinder> metrics = new ArrayList<>();
    private final List<Figure> figures = new ArrayList<>();
    private final List<Section> sections = new ArrayList<>();
    private final Map<String, Exchange.Place> places = new TreeMap<>();

    private Builder(DestinationGate<?> gate, TimeSource timeSource, Clock clock) {
      this.gate = requireNonNull(gate);
      this.timeSource = requireNonNull(timeSource);
      this.clock = requireNonNull(clock);
    }

    /** Sets the title of the page: the program, and under which name it runs. */
    public Builder program(String name) {
      program = requireNonNull(name);
      return this;
    }

    /** Adds metrics to the gate's. */
    public Builder metrics(MeterBinder binder) {
      metrics.add(requireNonNull(binder));
      return this;
    }

    /**
     * Adds a figure to the head of the page.
     *
     * @param name what it is, in a word or two
     * @param value asked for at each showing, by any thread; short
     */
    public Builder figure(String name, Supplier<String> value) {
      figures.add(new Figure(name, value));
      return this;
    }

    /** Adds a part of the page, below the destinations. */
    public Builder section(Section section) {
      sections.add(requireNonNull(section));
      return this;
    }

    /**
     * Adds an endpoint that all who reach the address may read (GET).
     *
     * @param path such as {@code /queue}
     */
    public Builder endpoint(String path, Endpoint endpoint) {
      places.put(path, Exchange.Place.open(endpoint));
      return this;
    }

    /**
     * Adds an endpoint that shows mail (GET) or changes something (POST). It answers only clients
     * on this machine that are no web page: see {@link Door}.
     *
     * @param path such as {@code /queue/flush}
     */
    public Builder operator(String path, Endpoint endpoint) {
      places.put(path, Exchange.Place.behindTheDoor(endpoint));
      return this;
    }

    /**
     * Starts to answer.
     *
     * @param listen where, resolved; port 0 lets the system choose
     * @throws IOException if the address cannot be bound
     */
    public AdminServer start(InetSocketAddress listen) throws IOException {
      return new AdminServer(HttpServer.create(listen, BACKLOG), this);
    }
  }
}
