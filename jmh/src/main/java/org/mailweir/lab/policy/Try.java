package org.mailweir.lab.policy;

import org.jspecify.annotations.Nullable;
import org.mailweir.core.Permit;
import org.mailweir.lab.mail.Letter;
import org.mailweir.lab.time.VirtualTime;
import org.mailweir.lab.world.Ending;
import org.mailweir.lab.world.Progress;
import org.mailweir.lab.world.World;

/**
 * One attempt with a permit of the gate, made as the LMTP adapter makes it: detached unless it is
 * connected within {@value #CONNECTED_WITHIN} s and ready within {@value #READY_WITHIN} s.
 */
final class Try implements Progress {
  static final double CONNECTED_WITHIN = 5;
  static final double READY_WITHIN = 20;

  /** Whose attempt it is; hears one of these, once. */
  interface Owner {
    /** It is over, and the permit is settled. */
    void ended(Ending ending);

    /** The letter is not in its hand any more; the attempt may go on as a probe. */
    void detached();

    /** The letter was turned away with 421; the permit is the owner's to requeue or to settle. */
    void pushedBack(Permit permit);
  }

  private final VirtualTime time;
  private final Permit permit;
  private final Owner owner;
  private World.@Nullable Attempt attempt;
  private VirtualTime.Event hold;
  private boolean detached;

  private Try(VirtualTime time, Permit permit, Owner owner) {
    this.time = time;
    this.permit = permit;
    this.owner = owner;
    hold = time.after(CONNECTED_WITHIN, this::detach);
  }

  /** Starts an attempt to deliver a letter. */
  static void start(Bench bench, Letter letter, Permit permit, Owner owner) {
    Try started = new Try(bench.time(), permit, owner);
    started.attempt = bench.world().deliver(letter, started);
  }

  private void detach() {
    detached = true;
    boolean goesOn = permit.detach();
    if (attempt != null) {
      attempt.releaseBody();
      if (!goesOn) {
        attempt.abandon();
      }
    }
    owner.detached();
  }

  @Override
  public void connected() {
    if (!detached) {
      hold.cancel();
      hold = time.after(READY_WITHIN - CONNECTED_WITHIN, this::detach);
    }
  }

  @Override
  public boolean ready() {
    if (detached) {
      return false;
    }
    hold.cancel();
    return permit.ready();
  }

  @Override
  public void ended(Ending ending) {
    hold.cancel();
    if (ending == Ending.PUSHED_BACK && !detached) {
      owner.pushedBack(permit);
      return;
    }
    permit.settle(Outcomes.of(ending));
    if (!detached) {
      owner.ended(ending);
    }
  }
}
