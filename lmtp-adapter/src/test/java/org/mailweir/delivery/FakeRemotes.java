package org.mailweir.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mailweir.message.Body;
import org.mailweir.message.Destination;
import org.mailweir.message.Recipient;
import org.mailweir.message.Reply;
import org.mailweir.message.Sender;
import org.mailweir.smtp.ConnectFailure;
import org.mailweir.smtp.SmtpConnection;
import org.mailweir.smtp.SmtpConnector;
import org.mailweir.smtp.SmtpResult;
import org.mailweir.smtp.SmtpResult.Stage;

/**
 * Destinations that behave as the test says, in simulated time. By default they take everything.
 */
final class FakeRemotes implements SmtpConnector {
  private final Simulation simulation;
  private final Map<String, Remote> remotes = new HashMap<>();

  /** Addresses to which the final dot was sent, in order. */
  final List<String> dots = new ArrayList<>();

  /** Destinations to which MAIL was sent, in order. */
  final List<String> mails = new ArrayList<>();

  final List<String> connects = new ArrayList<>();
  int open;
  int released;
  int aborted;

  FakeRemotes(Simulation simulation) {
    this.simulation = simulation;
  }

  Remote at(String destination) {
    return remotes.computeIfAbsent(destination, key -> new Remote());
  }

  /** How one destination behaves; times are from the step before. */
  static final class Remote {
    private Duration toConnected = Duration.ofMillis(20);
    private Duration toReady = Duration.ofMillis(30);
    private Duration toDot = Duration.ofMillis(50);
    private Duration toAnswer = Duration.ofMillis(100);
    private final List<ConnectFailure> failures = new ArrayList<>();
    private Optional<ConnectFailure> everyFailure = Optional.empty();
    private final Map<String, SmtpResult> early = new HashMap<>();
    private final List<SmtpResult> turnsAway = new ArrayList<>();
    private Optional<SmtpResult> dotAnswer = Optional.empty();
    private boolean defect;
    private boolean deaf;

    Remote connectsAfter(long millis) {
      toConnected = Duration.ofMillis(millis);
      return this;
    }

    Remote readyAfter(long millis) {
      toReady = Duration.ofMillis(millis);
      return this;
    }

    Remote dotAfter(long millis) {
      toDot = Duration.ofMillis(millis);
      return this;
    }

    Remote answersAfter(long millis) {
      toAnswer = Duration.ofMillis(millis);
      return this;
    }

    /** The next attempt fails like this, after it has connected. */
    Remote failsOnce(ConnectFailure.Kind kind, int code, String status, String text) {
      failures.add(new ConnectFailure(kind, new Reply(code, status, text)));
      return this;
    }

    Remote fails(ConnectFailure.Kind kind, int code, String status, String text) {
      everyFailure = Optional.of(new ConnectFailure(kind, new Reply(code, status, text)));
      return this;
    }

    /** A recipient is answered before the dot. */
    Remote answersEarly(String address, SmtpResult result) {
      early.put(address, result);
      return this;
    }

    /** The next message is answered like this for all recipients, before the dot. */
    Remote turnsAwayOnce(SmtpResult result) {
      turnsAway.add(result);
      return this;
    }

    Remote answers(SmtpResult result) {
      dotAnswer = Optional.of(result);
      return this;
    }

    /** A transmission does not notice that it is aborted, as between two writes. */
    Remote noticesNoAbort() {
      deaf = true;
      return this;
    }

    Remote throwsInSend() {
      defect = true;
      return this;
    }
  }

  static SmtpResult result(Stage stage, int code, String status, String text) {
    return new SmtpResult(stage, true, new Reply(code, status, text), false, false);
  }

  static SmtpResult pushedBack(Stage stage) {
    return new SmtpResult(stage, true, new Reply(421, "4.7.0", "mx: go away"), true, false);
  }

  static SmtpResult lost(Stage stage) {
    return new SmtpResult(stage, false, new Reply(451, "4.4.2", "mx: lost"), false, false);
  }

  @Override
  public SmtpConnection connect(Destination destination, ConnectObserver observer)
      throws ConnectFailure, InterruptedException {
    Remote remote = at(destination.name());
    Wait wait = new Wait();
    connects.add(destination.name());
    open++;
    boolean connected = false;
    try {
      observer.abortWith(wait::abort);
      wait.pass(remote.toConnected);
      observer.connected();
      if (!remote.failures.isEmpty()) {
        throw remote.failures.remove(0);
      }
      if (remote.everyFailure.isPresent()) {
        throw remote.everyFailure.get();
      }
      wait.pass(remote.toReady);
      connected = true;
      return new Connection(destination, remote);
    } catch (Aborted end) {
      aborted++;
      throw new ConnectFailure(
          ConnectFailure.Kind.ABORTED, new Reply(451, "4.4.1", "attempt ended"));
    } finally {
      open -= connected ? 0 : 1;
    }
  }

  @Override
  public void probe(Destination destination) {
    throw new AssertionError("not used");
  }

  /** What a defect throws; without a stack trace, which would fill the log of the tests. */
  private static final class Defect extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Defect() {
      super("of the test", null, false, false);
    }
  }

  private static final class Aborted extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /** Lets simulated time pass, unless it is ended from outside. */
  private final class Wait {
    private final Bell bell = simulation.bell();
    private boolean aborted;

    void abort() {
      aborted = true;
      bell.ring();
    }

    void pass(Duration time) throws Aborted, InterruptedException {
      if (!aborted) {
        bell.await(time.toNanos());
      }
      if (aborted) {
        throw new Aborted();
      }
    }
  }

  private final class Connection implements SmtpConnection {
    private final Destination destination;
    private final Remote remote;
    private final Wait wait = new Wait();
    private boolean closed;

    Connection(Destination destination, Remote remote) {
      this.destination = destination;
      this.remote = remote;
    }

    @Override
    public String peer() {
      return "mx." + destination + "[192.0.2.1]:25";
    }

    @Override
    public void send(
        Sender sender, List<Recipient> recipients, Body body, long deadlineNanos, Results results)
        throws InterruptedException {
      mails.add(destination.name());
      boolean[] told = new boolean[recipients.size()];
      Stage stage = Stage.MAIL;
      try {
        if (!remote.turnsAway.isEmpty()) {
          tellRest(results, told, remote.turnsAway.remove(0));
          return;
        }
        if (remote.defect) {
          throw new Defect();
        }
        int left = recipients.size();
        for (int i = 0; i < told.length; i++) {
          SmtpResult early = remote.early.get(recipients.get(i).address());
          if (early != null) {
            told[i] = true;
            left--;
            results.recipient(i, early);
          }
        }
        stage = Stage.DATA;
        if (left == 0) {
          return;
        }
        wait.pass(remote.toDot);
        if (!results.mayFinish()) {
          throw new Aborted();
        }
        for (int i = 0; i < told.length; i++) {
          if (!told[i]) {
            dots.add(recipients.get(i).address());
          }
        }
        stage = Stage.DOT;
        long left2 = deadlineNanos - simulation.nanoTime();
        if (remote.toAnswer.toNanos() > left2) {
          wait.pass(Duration.ofNanos(left2));
          tellRest(results, told, lost(Stage.DOT));
        } else {
          wait.pass(remote.toAnswer);
          tellRest(
              results, told, remote.dotAnswer.orElse(result(Stage.DOT, 250, "2.0.0", "taken")));
        }
      } catch (Aborted end) {
        tellRest(results, told, lost(stage));
      }
    }

    private void tellRest(Results results, boolean[] told, SmtpResult result) {
      for (int i = 0; i < told.length; i++) {
        if (!told[i]) {
          told[i] = true;
          results.recipient(i, result);
        }
      }
    }

    @Override
    public void release() {
      if (closed) {
        throw new AssertionError("released after its end");
      }
      closed = true;
      released++;
      open--;
    }

    @Override
    public void abort() {
      if (!closed) {
        closed = true;
        aborted++;
        open--;
      }
      if (!remote.deaf) {
        wait.abort();
      }
    }
  }
}
