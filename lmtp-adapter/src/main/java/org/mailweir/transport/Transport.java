package org.mailweir.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.mailweir.admin.AdminServer;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.TimeSource;
import org.mailweir.delivery.DeliveryCounts;
import org.mailweir.delivery.DeliveryFactory;
import org.mailweir.delivery.DeliverySettings;
import org.mailweir.lmtp.LmtpServer;
import org.mailweir.lmtp.LmtpSettings;
import org.mailweir.message.BodyStore;
import org.mailweir.message.Destination;
import org.mailweir.recall.Recall;
import org.mailweir.recall.RefusedMail;
import org.mailweir.state.DestinationSection;
import org.mailweir.state.StateFile;
import org.mailweir.state.StateSection;
import org.mailweir.thread.TaskThreads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running filtermail-transport: takes mail over LMTP, lets the gate decide who may, delivers over
 * SMTP. Several may run in one JVM.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class Transport implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Transport.class);

  private static final Duration TICK = Duration.ofMillis(10);
  private static final int TIMERS_PER_TICK = 10_000;
  private static final int TICKS_BETWEEN_EVICTIONS = 100;
  private static final int TICKS_BETWEEN_SAVES = 1_000;
  private static final int TICKS_BETWEEN_RECALLS = (int) Recall.TICK.dividedBy(TICK);
  private static final Duration GRACE = Duration.ofSeconds(10);

  // The policy's time until ready. A hold is at most as long.
  private static final Duration READY_WITHIN = Duration.ofSeconds(20);

  private final TransportConfig config;
  private final TimeSource time = System::nanoTime;
  private final Clock clock = Clock.systemUTC();
  private final DestinationGate<Destination> gate;
  private final BodyStore bodies;
  private final ExecutorService clients = TaskThreads.newExecutor("mailweir-client");
  private final ExecutorService tasks = TaskThreads.newExecutor("mailweir-task");
  private final Remotes remotes;
  private final Optional<Recall> recall;
  private final DeliveryFactory deliveries;
  private final LmtpServer lmtp;
  private final Ticker ticker;
  private final List<StateSection> memory;
  private volatile Optional<StateFile> state = Optional.empty();
  private volatile Optional<AdminServer> admin = Optional.empty();
  private final AtomicBoolean stopped = new AtomicBoolean();

  private Transport(
      TransportConfig config, DestinationGate<Destination> gate, DeliverySettings times) {
    this.config = config;
    this.gate = gate;
    bodies =
        new BodyStore(
            config.maxBodyMemory().orElseGet(Transport::bodyMemory), BodyStore.DEFAULT_DISK);
    remotes = new Remotes(config, tasks, time);
    recall = config.recall().map(socket -> new Recall(socket, gate, tasks, time));
    RefusedMail refusedMail = recall.<RefusedMail>map(r -> r).orElseGet(RefusedMail::forgotten);
    deliveries =
        new DeliveryFactory(
            gate, remotes.sites(), remotes.connector(), refusedMail, tasks, time, clock, times);
    lmtp =
        new LmtpServer(
            LmtpSettings.of(config.hostname(), config.maxClients())
                .withMaxMessageSize(config.maxMessageSize()),
            config::trusts,
            bodies,
            deliveries,
            clients);
    ProbeRunner probes = new ProbeRunner(gate, remotes, tasks);
    memory =
        Stream.concat(Stream.of(new DestinationSection(gate)), remotes.state().stream()).toList();
    ticker =
        new Ticker(
            TICK,
            List.of(
                () -> gate.advance(time.nanoTime(), TIMERS_PER_TICK),
                probes::runDue,
                Ticker.every(TICKS_BETWEEN_RECALLS, () -> recall.ifPresent(Recall::tick)),
                Ticker.every(TICKS_BETWEEN_SAVES, this::save),
                Ticker.every(TICKS_BETWEEN_EVICTIONS, remotes::evictExpired),
                Ticker.every(TICKS_BETWEEN_EVICTIONS, deliveries::watch)));
  }

  /**
   * Starts a transport on the configured address.
   *
   * @throws IOException with one line for the operator if a port is in use
   */
  public static Transport start(TransportConfig config) throws IOException {
    return start(config, Optional.empty());
  }

  /**
   * Starts a transport.
   *
   * @param handedIn a socket that listens already and is used instead of the configured address
   * @throws IOException with one line for the operator if a port is in use
   */
  public static Transport start(TransportConfig config, Optional<ServerSocketChannel> handedIn)
      throws IOException {
    DestinationGate<Destination> gate =
        DestinationGate.<Destination>builder()
            .clients(config.maxClients())
            .patience(config.patience())
            .timeSource(System::nanoTime)
            .listener(new GateLog())
            .shadow(config.shadow())
            .build();
    return new Transport(config, gate, deliverySettings(config)).listen(handedIn);
  }

  /**
   * Starts a transport on the configured address with a gate and times of the caller's own, in
   * place of those that the configuration describes.
   *
   * @param gate whose time source is {@code System::nanoTime}; the transport advances it, runs its
   *     probes, and closes it at the end
   * @throws IOException with one line for the operator if a port is in use
   */
  public static Transport start(
      TransportConfig config, DestinationGate<Destination> gate, DeliverySettings times)
      throws IOException {
    return new Transport(config, gate, times).listen(Optional.empty());
  }

  /** Returns where LMTP is spoken, with the port that the system chose if it was to. */
  public InetSocketAddress address() {
    return lmtp.localAddress();
  }

  /** Returns where HTTP is spoken with the operator, if anywhere. */
  public Optional<InetSocketAddress> adminAddress() {
    return admin.map(AdminServer::address);
  }

  /** Returns the gate, to look at. */
  public DestinationGate<Destination> gate() {
    return gate;
  }

  /** Returns what is under way at this moment. */
  public DeliveryCounts deliveries() {
    return deliveries.counts();
  }

  /**
   * Stops: takes no new mail, refuses with 451 what waits, gives deliveries under way the grace to
   * end, aborts those that have not sent their final dot, waits for those that have until their
   * deadline, and closes all connections. Blocks until it is done. Later calls change nothing.
   *
   * @param grace not negative
   */
  public void stop(Duration grace) {
    if (stopped.getAndSet(true)) {
      return;
    }
    admin.ifPresent(AdminServer::stopping);
    new OrderlyStop(lmtp, deliveries, gate).run(grace);
    state.ifPresent(StateFile::finish);
    release();
    log.info("Stopped");
  }

  /** Stops with a grace of 10 s. */
  @Override
  public void close() {
    stop(GRACE);
  }

  private Transport listen(Optional<ServerSocketChannel> handedIn) throws IOException {
    try {
      startState();
      startAdmin();
      // Last, so that the port is open only when all else is ready.
      if (handedIn.isPresent()) {
        lmtp.start(handedIn.get());
      } else {
        lmtp.start(config.listen());
      }
    } catch (IOException | RuntimeException failure) {
      release();
      throw failure;
    }
    logStart(handedIn.isPresent());
    return this;
  }

  private void startState() throws IOException {
    if (config.state().isPresent()) {
      StateFile file = StateFile.at(config.state().get(), clock, time, memory);
      file.load();
      state = Optional.of(file);
    }
  }

  // On a thread of its own: the disk may be slow, and the gate's time must go on.
  private void save() {
    state.ifPresent(file -> tasks.execute(file::save));
  }

  private void startAdmin() throws IOException {
    if (config.admin().isEmpty()) {
      return;
    }
    InetSocketAddress address = config.admin().get();
    TransportMetrics metrics = new TransportMetrics(lmtp, deliveries, remotes, bodies, recall);
    try {
      admin =
          Optional.of(
              AdminServer.builder(gate, time, clock)
                  .program(TransportCommand.NAME + " on " + config.hostname())
                  .metrics(metrics)
                  .figure("message bodies", this::bodiesKept)
                  .start(address));
    } catch (IOException failure) {
      throw new IOException(
          "Cannot listen on "
              + address.getAddress().getHostAddress()
              + " port "
              + address.getPort()
              + ": "
              + failure.getMessage(),
          failure);
    }
  }

  private void release() {
    lmtp.close();
    gate.close();
    remotes.close();
    tasks.shutdownNow();
    clients.shutdownNow();
    ticker.close();
    admin.ifPresent(AdminServer::close);
  }

  private void logStart(boolean handedIn) {
    log.info(
        "LMTP on {}{}, HTTP {}, as {}, M = {}, TLS {} with {}, HTTPS delivery {}",
        SocketAddresses.format(address()),
        handedIn ? " (handed in)" : "",
        adminAddress().map(address -> "on " + SocketAddresses.format(address)).orElse("off"),
        config.hostname(),
        config.maxClients(),
        config.tls(),
        config.tlsPolicy(),
        config.mxdeliv() ? "on" : "off");
  }

  private static DeliverySettings deliverySettings(TransportConfig config) {
    DeliverySettings standard = DeliverySettings.standard();
    return new DeliverySettings(
        config.patience(), config.hold(), READY_WITHIN, standard.rcptLimit(), standard.deadline());
  }

  private String bodiesKept() {
    return bodies.bodies()
        + ": "
        + (bodies.memoryInUse() >> 20)
        + " of "
        + (config.maxBodyMemory().orElseGet(Transport::bodyMemory) >> 20)
        + " MB in memory, "
        + (bodies.diskInUse() >> 20)
        + " on disk";
  }

  // The rest is for destinations, connections and what the collector needs.
  private static long bodyMemory() {
    return Runtime.getRuntime().maxMemory() / 4;
  }
}
