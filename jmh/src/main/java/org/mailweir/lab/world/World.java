package org.mailweir.lab.world;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.mailweir.lab.mail.Letter;
import org.mailweir.lab.measure.Recorder;
import org.mailweir.lab.time.Seeds;
import org.mailweir.lab.time.VirtualTime;

/**
 * All hosts, and the network between them and us.
 *
 * <p>An attempt opens a connection of its own. While a host does not answer, its SYN is sent again
 * after 1, 3, 7, 15 and 31 s, as Linux does, and the attempt fails after {@value #TIMEOUT} s; so
 * does one that is never greeted. A host that answers is ready for MAIL {@value #READY_AFTER} s
 * after the first packet that reached it.
 *
 * <p>Not modelled: the network's latency (one for all), bandwidth, several addresses of a host,
 * DNS, connections that break in the middle of a message.
 *
 * <p>Thread safety: none; a run is one thread.
 */
public final class World {
  /** How long an attempt waits for its connection, or for the greeting, in seconds. */
  public static final double TIMEOUT = 60;

  /** How long it takes until a host that answers is ready for MAIL. */
  public static final double READY_AFTER = 0.1;

  private static final double CONNECTED_AFTER = 0.05;
  private static final double DEFERRED_AFTER = 0.2;
  private static final double[] RESEND = {0, 1, 3, 7, 15, 31};

  private final VirtualTime time;
  private final Recorder recorder;
  private final SplittableRandom probeLuck;
  private final Map<String, Host> hosts = new HashMap<>();
  private boolean networkDown;

  /** Creates a world without hosts. */
  public World(VirtualTime time, Seeds seeds, Recorder recorder) {
    this.time = time;
    this.recorder = recorder;
    this.probeLuck = seeds.of("probes");
  }

  /** Makes a host serve a destination, before there is mail for it. */
  public void add(String destination, Host host) {
    hosts.put(destination, host);
  }

  /** Cuts our own network off, or connects it. */
  public void setNetworkDown(boolean down) {
    networkDown = down;
  }

  /** Returns whether a message to that destination would be taken now. */
  public boolean isHealthy(String destination) {
    Host host = host(destination);
    Conduct conduct = host.conduct();
    return !networkDown
        && conduct.isAlive(time.seconds())
        && conduct.flakiness() == 0
        && host.open() < conduct.mostConnections();
  }

  /** Returns what a connection to that destination meets now. */
  public Reach reach(String destination) {
    return reach(host(destination));
  }

  /** Starts an attempt to deliver; the letter is delivered when it ends so. */
  public Attempt deliver(Letter letter, Progress progress) {
    return new Attempt(letter.destination(), letter, letter.attempt(), progress).start();
  }

  /** Starts an attempt on a connection that stands already: only the message is sent. */
  public Attempt deliverAgain(Letter letter, Progress progress) {
    Attempt attempt = new Attempt(letter.destination(), letter, letter.attempt(), progress);
    if (reach(attempt.host) == Reach.ANSWERS && attempt.host.takes()) {
      attempt.begin();
      attempt.open = true;
      attempt.send();
      return attempt;
    }
    return attempt.start();
  }

  /** Starts an attempt that sends nothing. */
  public Attempt probe(String destination, Progress progress) {
    return new Attempt(destination, null, probeLuck, progress).start();
  }

  private Reach reach(Host host) {
    if (networkDown) {
      return Reach.BLACK_HOLE;
    }
    return host.conduct().isAlive(time.seconds()) ? Reach.ANSWERS : host.conduct().dead();
  }

  private Host host(String destination) {
    Host host = hosts.get(destination);
    if (host == null) {
      throw new IllegalStateException("no such destination: " + destination);
    }
    return host;
  }

  /** An attempt under way. */
  public final class Attempt {
    private final Host host;
    private final @Nullable Letter letter;
    private final RandomGenerator random;
    private final Progress progress;
    private final double began = time.seconds();
    private final boolean goesWrong;
    private boolean over;
    private boolean open;
    private boolean holdsBody;

    private Attempt(
        String destination, @Nullable Letter letter, RandomGenerator random, Progress progress) {
      this.host = host(destination);
      this.letter = letter;
      this.random = random;
      this.progress = progress;
      this.goesWrong = random.nextDouble() < host.conduct().flakiness();
    }

    /** Gives it up, unless it has ended: the connection is closed, and nothing more is heard. */
    public void abandon() {
      if (!over) {
        close(false);
      }
    }

    /** Lets go of the message, which this attempt will not send any more. */
    public void releaseBody() {
      if (!over && holdsBody) {
        holdsBody = false;
        recorder.released(requireNonNull(letter));
      }
    }

    private void begin() {
      recorder.attemptBegan();
      holdsBody = letter != null;
      if (letter != null) {
        recorder.held(letter);
      }
    }

    private Attempt start() {
      begin();
      connect(0);
      return this;
    }

    private void connect(int packet) {
      if (over) {
        return;
      }
      Reach met = goesWrong && random.nextInt(3) == 0 ? Reach.BLACK_HOLE : reach(host);
      switch (met) {
        case BLACK_HOLE -> {
          double elapsed = RESEND[packet];
          if (packet + 1 < RESEND.length && !goesWrong) {
            time.after(RESEND[packet + 1] - elapsed, () -> connect(packet + 1));
          } else {
            end(TIMEOUT - elapsed, Ending.TIMED_OUT);
          }
        }
        case REFUSES -> end(CONNECTED_AFTER, Ending.REFUSED);
        case NEVER_GREETS -> {
          time.after(CONNECTED_AFTER, this::connected);
          end(TIMEOUT, Ending.TIMED_OUT);
        }
        case ANSWERS -> {
          time.after(CONNECTED_AFTER, this::connected);
          time.after(READY_AFTER, this::greeted);
        }
      }
    }

    private void connected() {
      if (!over) {
        progress.connected();
      }
    }

    private void greeted() {
      if (over) {
        return;
      }
      boolean turnedAway = goesWrong && random.nextBoolean();
      if (turnedAway || !host.takes()) {
        finish(Ending.PUSHED_BACK);
        return;
      }
      open = true;
      if (progress.ready() && letter != null) {
        send();
      } else {
        finish(Ending.READY);
      }
    }

    private void send() {
      double now = time.seconds();
      Conduct conduct = host.conduct();
      boolean unknown = letter != null && now - letter.reached(now) < conduct.greylistsFor();
      if (goesWrong || unknown) {
        end(DEFERRED_AFTER, Ending.DEFERRED);
      } else {
        end(conduct.service().draw(random), Ending.DELIVERED);
      }
    }

    private void end(double seconds, Ending ending) {
      time.after(
          seconds,
          () -> {
            if (!over) {
              finish(ending);
            }
          });
    }

    private void finish(Ending ending) {
      close(ending == Ending.DELIVERED);
      progress.ended(ending);
    }

    private void close(boolean delivered) {
      releaseBody();
      over = true;
      if (open) {
        host.closed();
      }
      if (delivered && letter != null) {
        letter.delivered(began, time.seconds());
      }
      recorder.attemptEnded(delivered);
    }
  }
}
