package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.Size;
import org.mailweir.core.ConcurrencyLimiter.Grant;
import org.mailweir.core.ConcurrencyLimiter.Share;

/** The limiter against a model that lists the permits that are out, and those that wait. */
class ConcurrencyLimiterPropertyTest {
  private static final int LIMIT = 6;
  private static final int MAX_WAITING = 5;

  /** A share and where it is: a number of an earlier node, modulo their number. */
  record Node(int parent, int limit) {}

  /** What is done, and to which node or to which of those before; modulo what there is. */
  record Step(Kind kind, int number) {}

  enum Kind {
    TRY,
    AWAIT,
    NO_PATIENCE,
    INTERRUPTED,
    CLOSE,
    CLOSE_AGAIN,
    CANCEL,
    COMPLETE,
    CLOSE_ALL
  }

  /** One that asked for a permit: the real answer, and what the model says of it. */
  private static final class Asked {
    final int node;
    final CompletableFuture<Optional<Grant>> answer;
    boolean waits;
    boolean holds;

    Asked(int node, CompletableFuture<Optional<Grant>> answer) {
      this.node = node;
      this.answer = answer;
    }
  }

  @Property
  void agreesWithCountingByHand(
      @ForAll("nodes") @Size(max = 6) List<Node> nodes,
      @ForAll("steps") @Size(max = 120) List<Step> steps) {
    Scene scene = new Scene(nodes);
    for (Step step : steps) {
      scene.take(step);
      scene.check();
    }
  }

  @Provide
  Arbitrary<List<Node>> nodes() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 100), Arbitraries.integers().between(0, 7))
        .as(Node::new)
        .list();
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Kind> kinds =
        Arbitraries.frequency(
            Tuple.of(6, Kind.TRY),
            Tuple.of(9, Kind.AWAIT),
            Tuple.of(2, Kind.NO_PATIENCE),
            Tuple.of(1, Kind.INTERRUPTED),
            Tuple.of(9, Kind.CLOSE),
            Tuple.of(2, Kind.CLOSE_AGAIN),
            Tuple.of(2, Kind.CANCEL),
            Tuple.of(1, Kind.COMPLETE));
    Arbitrary<Kind> withEnd =
        Arbitraries.frequencyOf(Tuple.of(99, kinds), Tuple.of(1, Arbitraries.just(Kind.CLOSE_ALL)));
    return Combinators.combine(withEnd, Arbitraries.integers().between(0, 1_000_000))
        .as(Step::new)
        .list();
  }

  /** The limiter, and beside it all that ever asked, in the order of asking. */
  private static final class Scene {
    final ConcurrencyLimiter limiter = new ConcurrencyLimiter(LIMIT, MAX_WAITING);
    final List<Share> shares = new ArrayList<>();
    final List<Integer> parents = new ArrayList<>();
    final List<Asked> all = new ArrayList<>();
    boolean closed;

    Scene(List<Node> nodes) {
      for (Node node : nodes) {
        int parent = node.parent % (shares.size() + 1) - 1; // -1 is the whole
        String name = "share " + shares.size();
        shares.add(
            parent < 0
                ? limiter.share(name, node.limit)
                : shares.get(parent).share(name, node.limit));
        parents.add(parent);
      }
    }

    void take(Step step) {
      int node = step.number % (shares.size() + 1) - 1;
      switch (step.kind) {
        case TRY -> ask(node, CompletableFuture.completedFuture(tryAcquire(node)), false);
        case AWAIT ->
            ask(node, node < 0 ? limiter.acquireAsync() : shares.get(node).acquireAsync(), true);
        case NO_PATIENCE ->
            ask(node, CompletableFuture.completedFuture(acquire(node, Duration.ZERO)), false);
        case INTERRUPTED -> {
          Thread.currentThread().interrupt();
          assertThatThrownBy(() -> acquire(node, Duration.ofDays(1)))
              .hasCauseInstanceOf(InterruptedException.class);
          assertThat(Thread.interrupted()).as("told once").isFalse();
        }
        case CLOSE -> one(step, asked -> asked.holds).ifPresent(this::close);
        case CLOSE_AGAIN ->
            one(step, asked -> answered(asked) && !asked.holds)
                .ifPresent(asked -> asked.answer.join().ifPresent(Grant::close));
        case CANCEL ->
            one(step, asked -> asked.waits)
                .ifPresent(
                    asked -> {
                      asked.answer.cancel(false);
                      asked.waits = false;
                    });
        case COMPLETE ->
            one(step, asked -> asked.waits)
                .ifPresent(
                    asked -> {
                      asked.answer.complete(Optional.empty()); // as completeOnTimeout does
                      asked.waits = false;
                    });
        case CLOSE_ALL -> {
          limiter.close();
          closed = true;
          all.forEach(asked -> asked.waits = false);
        }
      }
    }

    private Optional<Grant> tryAcquire(int node) {
      return node < 0 ? limiter.tryAcquire() : shares.get(node).tryAcquire();
    }

    private Optional<Grant> acquire(int node, Duration patience) {
      try {
        return node < 0 ? limiter.acquire(patience) : shares.get(node).acquire(patience);
      } catch (InterruptedException interrupted) {
        throw new IllegalStateException(interrupted);
      }
    }

    private void ask(int node, CompletableFuture<Optional<Grant>> answer, boolean mayWait) {
      Asked asked = new Asked(node, answer);
      asked.holds = !closed && fits(node);
      asked.waits = !closed && !asked.holds && mayWait && waiting() < MAX_WAITING;
      all.add(asked);
    }

    private void close(Asked asked) {
      asked.holds = false;
      // All that fit now, the earliest first; the limiter claims that it is one at most.
      for (Asked next : all) {
        if (next.waits && fits(next.node)) {
          next.waits = false;
          next.holds = true;
        }
      }
      asked.answer.join().orElseThrow().close();
    }

    void check() {
      for (Asked asked : all) {
        assertThat(asked.answer.isDone()).isEqualTo(!asked.waits);
        if (answered(asked) && asked.holds) {
          assertThat(asked.answer.join()).isPresent();
        }
        assertThat(asked.waits && fits(asked.node)).as("waits and could have one").isFalse();
      }
      assertThat(limiter.inUse()).isEqualTo(inUse(-1));
      assertThat(limiter.waiting()).isEqualTo(waiting());
      for (int i = 0; i < shares.size(); i++) {
        assertThat(shares.get(i).inUse()).isEqualTo(inUse(i)).isLessThanOrEqualTo(limit(i));
      }
    }

    private Optional<Asked> one(Step step, Predicate<Asked> which) {
      List<Asked> those = all.stream().filter(which).toList();
      return those.isEmpty()
          ? Optional.empty()
          : Optional.of(those.get(step.number % those.size()));
    }

    private static boolean answered(Asked asked) {
      return asked.answer.isDone() && !asked.answer.isCompletedExceptionally();
    }

    private boolean fits(int node) {
      return path(node).stream().allMatch(n -> inUse(n) < limit(n));
    }

    private int inUse(int node) {
      return (int) all.stream().filter(a -> a.holds && path(a.node).contains(node)).count();
    }

    private int waiting() {
      return (int) all.stream().filter(asked -> asked.waits).count();
    }

    private int limit(int node) {
      return node < 0 ? LIMIT : shares.get(node).limit();
    }

    private List<Integer> path(int node) {
      List<Integer> path = new ArrayList<>();
      for (int at = node; at >= 0; at = parents.get(at)) {
        path.add(at);
      }
      path.add(-1);
      return path;
    }
  }
}
