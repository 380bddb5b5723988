package org.mailweir.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.mailweir.core.ConcurrencyLimiter.Grant;
import org.mailweir.core.ConcurrencyLimiter.Share;

/** The limiter against a model that counts the permits that are out, node by node. */
class ConcurrencyLimiterPropertyTest {
  /** A share and where it is: a number of an earlier node, modulo their number. */
  record Node(int parent, int limit) {}

  /** Take from a node, or return a permit ever handed out; numbers are modulo what there is. */
  record Step(Kind kind, int number) {}

  enum Kind {
    ACQUIRE,
    TAKE,
    CLOSE,
    GIVE
  }

  private record Held(int node, Grant grant) {}

  @Property
  void agreesWithCountingByHand(
      @ForAll("nodes") @Size(max = 6) List<Node> nodes,
      @ForAll("steps") @Size(max = 200) List<Step> steps) {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(6);
    List<Share> shares = new ArrayList<>();
    List<Integer> parents = new ArrayList<>();
    for (Node node : nodes) {
      int parent = node.parent % (shares.size() + 1) - 1; // -1 is the whole
      String name = "share " + shares.size();
      shares.add(
          parent < 0
              ? limiter.share(name, node.limit)
              : shares.get(parent).share(name, node.limit));
      parents.add(parent);
    }
    Model model = new Model(6, nodes, parents);
    List<Held> grants = new ArrayList<>(); // closed ones stay, to be closed again
    List<Held> open = new ArrayList<>();
    List<Integer> taken = new ArrayList<>();

    for (Step step : steps) {
      int node = step.number % (shares.size() + 1) - 1;
      switch (step.kind) {
        case ACQUIRE -> {
          Optional<Grant> grant = node < 0 ? limiter.tryAcquire() : shares.get(node).tryAcquire();
          assertThat(grant.isPresent()).isEqualTo(model.take(node));
          grant.map(g -> new Held(node, g)).ifPresent(grants::add);
          grant.map(g -> grants.get(grants.size() - 1)).ifPresent(open::add);
        }
        case TAKE -> {
          boolean took = node < 0 ? limiter.tryTake() : shares.get(node).tryTake();
          assertThat(took).isEqualTo(model.take(node));
          if (took) {
            taken.add(node);
          }
        }
        case CLOSE -> {
          if (!grants.isEmpty()) {
            Held held = grants.get(step.number % grants.size());
            held.grant.close();
            if (open.remove(held)) {
              model.give(held.node);
            }
          }
        }
        case GIVE -> {
          if (!taken.isEmpty()) {
            int from = taken.remove(step.number % taken.size());
            if (from < 0) {
              limiter.give();
            } else {
              shares.get(from).give();
            }
            model.give(from);
          }
        }
      }
      assertThat(limiter.inUse()).isEqualTo(model.inUse(-1));
      for (int i = 0; i < shares.size(); i++) {
        assertThat(shares.get(i).inUse()).isEqualTo(model.inUse(i));
      }
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
    return Combinators.combine(
            Arbitraries.of(Kind.class), Arbitraries.integers().between(0, 1_000_000))
        .as(Step::new)
        .list();
  }

  /** The permits that are out, each as the node it was taken from. */
  private record Model(int limit, List<Node> nodes, List<Integer> parents, List<Integer> out) {
    Model(int limit, List<Node> nodes, List<Integer> parents) {
      this(limit, nodes, parents, new ArrayList<>());
    }

    boolean take(int node) {
      boolean fits = path(node).stream().allMatch(n -> inUse(n) < limitOf(n));
      if (fits) {
        out.add(node);
      }
      return fits;
    }

    void give(int node) {
      assertThat(out.remove((Object) node)).isTrue();
    }

    int inUse(int node) {
      return (int) out.stream().filter(n -> path(n).contains(node)).count();
    }

    private int limitOf(int node) {
      return node < 0 ? limit : nodes.get(node).limit;
    }

    private List<Integer> path(int node) {
      if (node < 0) {
        return Collections.singletonList(-1);
      }
      List<Integer> path = new ArrayList<>(path(parents.get(node)));
      path.add(node);
      return path;
    }
  }
}
