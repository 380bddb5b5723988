package org.mailweir.lab.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.DoubleConsumer;
import org.mailweir.lab.injector.Injector;
import org.mailweir.lab.injector.OwnQueue;
import org.mailweir.lab.injector.Postfix;
import org.mailweir.lab.injector.PostfixSettings;
import org.mailweir.lab.mail.Kind;
import org.mailweir.lab.mail.Letter;
import org.mailweir.lab.measure.Recorder;
import org.mailweir.lab.policy.Bench;
import org.mailweir.lab.policy.Policies;
import org.mailweir.lab.policy.Policy;
import org.mailweir.lab.policy.Relay;
import org.mailweir.lab.policy.Transport;
import org.mailweir.lab.time.Seeds;
import org.mailweir.lab.time.VirtualTime;
import org.mailweir.lab.world.World;

/**
 * Runs a scenario under a policy. The same arguments give the same result, to the last bit.
 *
 * <p>Thread safety: immutable; each run has a world of its own, on the calling thread.
 *
 * @param scenario what happens
 * @param policy who decides
 * @param postfix its settings; for relays that have a queue of their own only M counts
 * @param seed from which all is drawn
 */
public record Laboratory(Scenario scenario, Policies policy, PostfixSettings postfix, long seed) {
  /** Prepares a run with the size of Postfix's active queue that goes with the policy. */
  public static Laboratory of(Scenario scenario, Policies policy, int clients, long seed) {
    PostfixSettings postfix = PostfixSettings.of(clients, policy.activeLimit(clients));
    return new Laboratory(scenario, policy, postfix, seed);
  }

  /** Runs it. */
  public Result run() {
    return run(seconds -> {});
  }

  /** Runs it, and tells the virtual time now and then. */
  public Result run(DoubleConsumer progress) {
    VirtualTime time = new VirtualTime();
    Seeds seeds = new Seeds(seed);
    Recorder recorder = new Recorder(time);
    World world = new World(time, seeds, recorder);
    Bench bench = new Bench(time, world, recorder, seeds, postfix.clients());
    Policy decides = policy.make(bench);
    Injector injector = injector(bench, decides);
    Stage stage = new Stage(bench, injector);
    scenario.plan().accept(stage);

    Courses courses = new Courses(stage, recorder, injector, decides);
    double now = 0;
    while (now < scenario.end() && !(now >= least(stage) && isDone(recorder))) {
      now += Result.STEP;
      time.runUntil(now);
      courses.step(now);
      progress.accept(now);
    }
    return new Result(
        scenario.name(),
        policy.key(),
        postfix.clients(),
        seed,
        now,
        new Figures(scenario, stage, recorder, injector, now).work(),
        new TreeMap<>(recorder.refusals()),
        courses.all(now));
  }

  private Injector injector(Bench bench, Policy decides) {
    if (decides instanceof Transport transport) {
      return new Postfix(bench, transport, postfix);
    } else if (decides instanceof Relay relay) {
      return new OwnQueue(bench, relay);
    }
    throw new AssertionError(decides);
  }

  private double least(Stage stage) {
    return Math.max(scenario.least(), stage.lastMail());
  }

  private static boolean isDone(Recorder recorder) {
    return recorder.letters().stream()
        .allMatch(letter -> letter.isDelivered() || letter.kind() == Kind.DEAD);
  }

  /** Notes every so many seconds how it goes. */
  private static final class Courses {
    private final Stage stage;
    private final Recorder recorder;
    private final Injector injector;
    private final Policy policy;
    private final List<Double> attempts = new ArrayList<>();
    private final List<Double> backlog = new ArrayList<>();
    private final List<Double> clients = new ArrayList<>();
    private final List<Double> open = new ArrayList<>();
    private final List<Double> window = new ArrayList<>();

    Courses(Stage stage, Recorder recorder, Injector injector, Policy policy) {
      this.stage = stage;
      this.recorder = recorder;
      this.injector = injector;
      this.policy = policy;
    }

    void step(double now) {
      attempts.add(recorder.attempts().between(now - Result.STEP, now) / (double) Result.STEP);
      backlog.add((double) injector.pending());
      clients.add((double) injector.clientsHeld());
      stage.watchedHost().ifPresent(host -> open.add((double) host.open()));
      stage
          .watched()
          .map(policy::window)
          .filter(OptionalDouble::isPresent)
          .ifPresent(limit -> window.add(limit.getAsDouble()));
    }

    Map<String, List<Double>> all(double end) {
      Map<String, List<Double>> all = new TreeMap<>();
      all.put(Result.WAIT, waits(end));
      all.put(Result.ATTEMPTS, attempts);
      all.put(Result.BACKLOG, backlog);
      all.put(Result.CLIENTS, clients);
      if (!open.isEmpty()) {
        all.put(Result.OPEN, open);
      }
      while (!window.isEmpty() && window.size() < open.size()) {
        window.add(0, 0.0); // before the policy knew it
      }
      if (!window.isEmpty()) {
        all.put(Result.WINDOW, window);
      }
      return all;
    }

    private List<Double> waits(double end) {
      double[] longest = new double[(int) (end / Result.STEP)];
      for (Letter letter : recorder.letters()) {
        int bin = (int) Math.floor(letter.message().created() / Result.STEP);
        if (letter.kind().isHealthy() && bin >= 0 && bin < longest.length) {
          longest[bin] = Math.max(longest[bin], letter.waited(end));
        }
      }
      List<Double> waits = new ArrayList<>();
      for (double wait : longest) {
        waits.add(wait);
      }
      return waits;
    }
  }
}
