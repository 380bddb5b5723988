package org.mailweir.lab.scenario;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.mailweir.lab.injector.Injector;
import org.mailweir.lab.mail.Kind;
import org.mailweir.lab.mail.Letter;
import org.mailweir.lab.mail.Message;
import org.mailweir.lab.policy.Bench;
import org.mailweir.lab.time.Seeds;
import org.mailweir.lab.world.Conduct;
import org.mailweir.lab.world.Host;

/**
 * Where a scenario is put on: its hosts, its mail, and what happens when.
 *
 * <p>Each subject draws from a generator of its own, before the run begins: so one seed gives the
 * same hosts and the same mail under every policy.
 *
 * <p>Thread safety: none; a run is one thread.
 */
public final class Stage {
  private static final double MEDIAN_BYTES = 8_000;
  private static final double SIGMA_BYTES = 1.2;
  private static final double MOST_BYTES = 10_000_000;

  private final Bench bench;
  private final Injector injector;
  private double lastMail;
  private @Nullable String watched;
  private @Nullable Host watchedHost;
  private @Nullable Span trouble;

  Stage(Bench bench, Injector injector) {
    this.bench = bench;
    this.injector = injector;
  }

  // -- hosts

  /** Adds a destination with a host of its own. */
  public Host host(String destination, Conduct conduct) {
    Host host = new Host(conduct);
    share(destination, host);
    return host;
  }

  /** Adds a destination that is served by a host which others share. */
  public void share(String destination, Host host) {
    bench.world().add(destination, host);
  }

  /** Has a close look at one destination. */
  public void watch(String destination, Host host) {
    watched = destination;
    watchedHost = host;
  }

  /** Says when the trouble begins that this is about, and when it is over. */
  public void trouble(double from, double until) {
    trouble = new Span(from, until);
  }

  /** Cuts our own network off for a time. */
  public void networkDown(double from, double until) {
    trouble(from, until);
    bench.time().at(from, () -> bench.world().setNetworkDown(true));
    bench.time().at(until, () -> bench.world().setNetworkDown(false));
  }

  // -- mail

  /** Returns the generator of a subject, from its beginning. */
  public SplittableRandom random(String subject) {
    return bench.seeds().of(subject);
  }

  /** Plans a fresh message. */
  public void send(double at, Kind kind, String destination, SplittableRandom random) {
    send(at, kind, List.of(destination), random);
  }

  /** Plans a fresh message to some destinations; its letters to dead ones are {@link Kind#DEAD}. */
  public void send(double at, Kind kind, List<String> destinations, SplittableRandom random) {
    lastMail = Math.max(lastMail, at);
    int bytes = bytes(random);
    long luck = random.nextLong();
    bench
        .time()
        .at(
            at,
            () -> {
              Message message = new Message(bench.time().seconds(), bytes, luck);
              for (String destination : destinations) {
                boolean dead = destination.startsWith(Herd.NAME);
                message.letter(dead ? Kind.DEAD : kind, destination);
              }
              bench.recorder().created(message);
              injector.submit(message);
            });
  }

  /** Adds a message that was deferred before the run began. */
  public void deferred(
      double age, double due, Kind kind, String destination, SplittableRandom random) {
    injector.defer(old(age, kind, destination, random), due);
  }

  /** Adds an old message that is about to be tried. */
  public void active(double age, Kind kind, String destination, SplittableRandom random) {
    injector.activate(old(age, kind, destination, random));
  }

  private Message old(double age, Kind kind, String destination, SplittableRandom random) {
    Message message = new Message(-age, bytes(random), random.nextLong());
    message.letter(kind, destination);
    bench.recorder().created(message);
    return message;
  }

  private static int bytes(SplittableRandom random) {
    double size = MEDIAN_BYTES * StrictMath.exp(SIGMA_BYTES * Seeds.gaussian(random));
    return (int) Math.min(MOST_BYTES, size);
  }

  /** Makes all deferred mail due at a time. */
  public void flush(double at) {
    bench.time().at(at, injector::flush);
  }

  /** Does something else at a time. */
  public void at(double at, Runnable action) {
    bench.time().at(at, action);
  }

  // -- for the laboratory

  /** Returns all letters so far. */
  List<Letter> letters() {
    return bench.recorder().letters();
  }

  double lastMail() {
    return lastMail;
  }

  Optional<String> watched() {
    return Optional.ofNullable(watched);
  }

  Optional<Host> watchedHost() {
    return Optional.ofNullable(watchedHost);
  }

  Optional<Span> trouble() {
    return Optional.ofNullable(trouble);
  }

  OptionalDouble over() {
    return trouble == null ? OptionalDouble.empty() : OptionalDouble.of(trouble.until());
  }
}
