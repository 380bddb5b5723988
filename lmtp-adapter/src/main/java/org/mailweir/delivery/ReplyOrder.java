package org.mailweir.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mailweir.message.Reply;

/**
 * The replies after the dot: known in any order, handed out in the order of acceptance (RFC 2033
 * section 4.2), each exactly once. The first reply to a place stays.
 *
 * <p>Thread safety: {@link #set} may be called by any thread once all places were added; all other
 * methods belong to the connection's thread.
 */
final class ReplyOrder {
  private final List<AtomicReference<@Nullable Reply>> places = new ArrayList<>();
  private int next;

  /** Adds a place behind the others and returns its number. */
  int add() {
    places.add(new AtomicReference<>(null));
    return places.size() - 1;
  }

  /** Sets the reply of a place, and returns whether it was the first one there. */
  boolean set(int place, Reply reply) {
    return places.get(place).compareAndSet(null, reply);
  }

  /** Hands out what is known and has nothing unknown before it. */
  void handOut(Consumer<Reply> replies) {
    while (next < places.size()) {
      Reply reply = places.get(next).get();
      if (reply == null) {
        return;
      }
      next++;
      replies.accept(reply);
    }
  }

  /** Returns whether every reply is known, handed out or not. */
  boolean isComplete() {
    for (int i = next; i < places.size(); i++) {
      if (places.get(i).get() == null) {
        return false;
      }
    }
    return true;
  }
}
