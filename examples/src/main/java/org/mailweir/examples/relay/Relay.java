package org.mailweir.examples.relay;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import org.mailweir.admin.AdminServer;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.Jitter;
import org.mailweir.core.RetrySchedule;
import org.mailweir.core.TimeSource;
import org.mailweir.examples.relay.control.ControlEndpoints;
import org.mailweir.examples.relay.control.QueueDepths;
import org.mailweir.examples.relay.intake.Intake;
import org.mailweir.examples.relay.notice.NoticeWriter;
import org.mailweir.examples.relay.outbound.DeliveryQueue;
import org.mailweir.examples.relay.outbound.OutboundSettings;
import org.mailweir.examples.relay.outbound.Services;
import org.mailweir.examples.relay.spool.Entry;
import org.mailweir.examples.relay.spool.QueueIds;
import org.mailweir.examples.relay.spool.Spool;
import org.mailweir.examples.relay.spool.SpoolException;
import org.mailweir.examples.relay.spool.disk.DiskSpool;
import org.mailweir.lmtp.LmtpServer;
import org.mailweir.lmtp.LmtpSettings;
import org.mailweir.message.BodyStore;
import org.mailweir.message.Destination;
import org.mailweir.state.DestinationSection;
import org.mailweir.state.StateFile;
import org.mailweir.state.StateSection;
import org.mailweir.thread.TaskThreads;
import org.mailweir.transport.GateLog;
import org.mailweir.transport.ProbeRunner;
import org.mailweir.transport.Remotes;
import org.mailweir.transport.SocketAddresses;
import org.mailweir.transport.Ticker;
import org.mailweir.transport.TransportConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running store-and-forward relay: takes mail, keeps it in a spool, delivers it over SMTP when it
 * is due and the gate permits it, and tells senders what could not be delivered.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class Relay implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Relay.class);

  private static final Duration TICK = Duration.ofMillis(10);
  private static final int STEPS_PER_TICK = 10_000;
  private static final int TICKS_A_SECOND = 100;
  private static final int TICKS_A_MINUTE = 6_000;
  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final Duration READY_WITHIN = Duration.ofSeconds(20);
  private static final Duration DEADLINE = Duration.ofMinutes(30);
  private static final int TICKS_BETWEEN_SAVES = 1_000;
  private static final String STATE = "destinations.json";
  private static final int CLAIMED_AT_ONCE = 10_000;
  private static final int TOLD_EACH = 100_000;

  private final RelayConfig config;
  private final Spool spool;
  private final TimeSource time;
  private final SteadyClock clock;
  private final ExecutorService clients = TaskThreads.newExecutor("relay-client");
  private final ExecutorService tasks = TaskThreads.newExecutor("relay-task");
  private final DestinationGate<Destination> gate;
  private final Remotes remotes;
  private final QueueDepths depths = new QueueDepths();
  private final DeliveryQueue queue;
  private final LmtpServer intake;
  private final Ticker ticker;
  private volatile Optional<StateFile> state = Optional.empty();
  private volatile Optional<AdminServer> admin = Optional.empty();
  private final AtomicBoolean stopped = new AtomicBoolean();

  private Relay(RelayConfig config, Spool spool, TimeSource time) {
    this.config = config;
    this.spool = spool;
    this.time = time;
    clock = new SteadyClock(Clock.systemUTC(), time);
    TransportConfig transport = config.transport();
    gate =
        DestinationGate.<Destination>builder()
            .clients(transport.maxClients())
            .timeSource(time)
            .probeSchedule(retry(config.retryFirst().dividedBy(2), config.retryMax()))
            .listener(new GateLog())
            .build();
    remotes = new Remotes(transport, tasks, time);
    QueueIds queueIds = new QueueIds(clock);
    NoticeWriter notices =
        new NoticeWriter(transport.hostname(), queueIds, clock, config.lifetime());
    queue =
        new DeliveryQueue(
            new Services(
                spool,
                gate,
                remotes.sites(),
                remotes.connector(),
                notices,
                tasks,
                time,
                clock,
                settings(config)),
            depths);
    long memory = transport.maxBodyMemory().orElse(Runtime.getRuntime().maxMemory() / 4);
    BodyStore bodies = new BodyStore(memory, BodyStore.DEFAULT_DISK);
    intake =
        new LmtpServer(
            LmtpSettings.of(transport.hostname(), transport.maxClients())
                .withProtocol(config.protocol())
                .withDsn(true)
                .withMaxMessageSize(transport.maxMessageSize()),
            transport::trusts,
            bodies,
            new Intake(
                transport.hostname(),
                spool,
                queueIds,
                config.lifetime(),
                clock,
                queue::hasRoom,
                queue::accept),
            clients);
    ProbeRunner probes = new ProbeRunner(gate, remotes, tasks);
    ticker =
        new Ticker(
            TICK,
            List.of(
                () -> gate.advance(time.nanoTime(), STEPS_PER_TICK),
                () -> queue.advance(STEPS_PER_TICK),
                probes::runDue,
                Ticker.every(TICKS_BETWEEN_SAVES, this::save),
                Ticker.every(TICKS_A_SECOND, remotes::evictExpired),
                Ticker.every(TICKS_A_MINUTE, () -> tasks.execute(this::claimAgain)),
                Ticker.every(TICKS_A_MINUTE, clock::compare)));
  }

  /**
   * Starts a relay with the spool in the configured directory.
   *
   * @throws IOException with one line for the operator if a port or the spool is in use, or the
   *     spool cannot be read
   */
  public static Relay start(RelayConfig config) throws IOException {
    try {
      DiskSpool spool = DiskSpool.open(config.spool());
      Path beside = config.spool().resolve(STATE);
      Optional<Path> state = Optional.of(config.transport().state().orElse(beside));
      return start(config, spool, state, System::nanoTime);
    } catch (SpoolException unusable) {
      throw new IOException(unusable.getMessage(), unusable);
    }
  }

  /**
   * Starts a relay. It delivers what the spool holds, and when all of that is queued it takes mail.
   *
   * @param spool closed by the relay when it stops, or if it does not start
   * @throws IOException with one line for the operator if a port is in use or the spool cannot be
   *     read
   */
  public static Relay start(RelayConfig config, Spool spool) throws IOException {
    return start(config, spool, config.transport().state(), System::nanoTime);
  }

  static Relay start(RelayConfig config, Spool spool, Optional<Path> state, TimeSource time)
      throws IOException {
    Relay relay = new Relay(config, spool, time);
    try {
      relay.open(state);
      return relay;
    } catch (IOException | RuntimeException failure) {
      relay.stop(Duration.ZERO);
      throw failure;
    }
  }

  /** Returns where mail is taken. */
  public InetSocketAddress address() {
    return intake.localAddress();
  }

  /** Returns where HTTP is spoken with the operator, if anywhere. */
  public Optional<InetSocketAddress> adminAddress() {
    return admin.map(AdminServer::address);
  }

  /** Returns the gate, to look at. */
  public DestinationGate<Destination> gate() {
    return gate;
  }

  /** Returns the clock by which ages are told. */
  Clock clock() {
    return clock;
  }

  /** Returns the queue, to look at. */
  public DeliveryQueue queue() {
    return queue;
  }

  /**
   * Stops: takes no new mail, lets no more out, gives deliveries under way the grace to end, aborts
   * those that have not sent their final dot, waits for those that have until their deadline, and
   * closes the spool, which holds all that is not done. Blocks until it is done. Later calls change
   * nothing.
   *
   * @param grace not negative
   */
  public void stop(Duration grace) {
    if (stopped.getAndSet(true)) {
      return;
    }
    admin.ifPresent(AdminServer::stopping);
    intake.drain();
    log.info("Stopping: {} deliveries under way", queue.underway());
    try {
      int ended = queue.stop(grace);
      if (ended > 0) {
        log.info("{} deliveries were ended; their mail is in the spool", ended);
      }
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
      log.warn("The stop is cut short; mail that was just delivered may be sent again");
    }
    state.ifPresent(StateFile::finish);
    release();
    log.info("Stopped");
  }

  /** Stops with a grace of 10 s. */
  @Override
  public void close() {
    stop(GRACE);
  }

  private void open(Optional<Path> stateFile) throws IOException {
    if (stateFile.isPresent()) {
      List<StateSection> sections = new ArrayList<>(remotes.state());
      sections.add(new DestinationSection(gate));
      StateFile file = StateFile.at(stateFile.get(), Clock.systemUTC(), time, sections);
      file.load();
      state = Optional.of(file);
    }
    startAdmin();
    queue.start();
    restore();
    intake.start(config.transport().listen());
    log.info(
        "{} on {}, HTTP {}, as {}, spool {}, {} deliveries at once, TLS {} with {}",
        config.protocol(),
        SocketAddresses.format(address()),
        adminAddress().map(address -> "on " + SocketAddresses.format(address)).orElse("off"),
        config.transport().hostname(),
        config.spool(),
        config.transport().maxClients(),
        config.transport().tls(),
        config.transport().tlsPolicy());
  }

  private void restore() throws IOException {
    long total = spool.totals().entries();
    long begun = time.nanoTime();
    try {
      long queued = claim(count -> log.info("Queued {} of {} entries of the spool", count, total));
      if (queued > 0) {
        long millis = Duration.ofNanos(time.nanoTime() - begun).toMillis();
        log.info("Queued {} entries found in the spool, in {} ms", queued, millis);
      }
    } catch (SpoolException unreadable) {
      throw new IOException(unreadable.getMessage(), unreadable);
    }
  }

  /** Queues what belongs to no relay, and returns how much that was. */
  private long claim(LongConsumer progress) throws SpoolException {
    long queued = 0;
    List<Entry> found = spool.claim(CLAIMED_AT_ONCE);
    while (!found.isEmpty()) {
      queue.restore(found);
      long before = queued;
      queued += found.size();
      if (queued / TOLD_EACH > before / TOLD_EACH) {
        progress.accept(queued);
      }
      found = spool.claim(CLAIMED_AT_ONCE);
    }
    return queued;
  }

  /** Looks for entries that belong to nobody: the spool may have been mended meanwhile. */
  private void claimAgain() {
    try {
      long queued = claim(count -> {});
      if (queued > 0) {
        log.warn("Queued {} entries that the spool has found again", queued);
      }
    } catch (SpoolException unreadable) {
      log.error("The spool cannot be searched: {}", unreadable.getMessage());
    }
  }

  // On a thread of its own: the disk may be slow, and the gate's time must go on.
  private void save() {
    state.ifPresent(file -> tasks.execute(file::save));
  }

  private void startAdmin() throws IOException {
    if (config.transport().admin().isEmpty()) {
      return;
    }
    InetSocketAddress address = config.transport().admin().get();
    try {
      RelayOperator operator = new RelayOperator(spool, queue, depths, remotes.sites());
      admin =
          Optional.of(
              new ControlEndpoints(operator, gate, time, clock)
                  .addTo(AdminServer.builder(gate, time, clock))
                  .program("Relay " + config.transport().hostname())
                  .metrics(new RelayMetrics(queue, spool, intake, remotes))
                  .start(address));
    } catch (IOException failure) {
      throw new IOException(
          "Cannot listen on " + SocketAddresses.format(address) + ": " + failure.getMessage(),
          failure);
    }
  }

  private void release() {
    ticker.close(); // it hands work to the tasks
    intake.close();
    gate.close();
    remotes.close();
    tasks.shutdownNow();
    clients.shutdownNow();
    admin.ifPresent(AdminServer::close);
    try {
      spool.close();
    } catch (SpoolException failure) {
      log.error("The spool could not be closed: {}", failure.getMessage());
    }
  }

  private static OutboundSettings settings(RelayConfig config) {
    Duration lastChance =
        config.lifetime().compareTo(config.retryMax()) < 0 ? config.lifetime() : config.retryMax();
    return new OutboundSettings(
        retry(config.retryFirst(), config.retryMax()),
        config.retryMax(),
        lastChance,
        config.transport().hold(),
        READY_WITHIN,
        DEADLINE);
  }

  private static RetrySchedule retry(Duration first, Duration max) {
    return RetrySchedule.exponential(first, max).jitter(Jitter.EQUAL).build();
  }
}
