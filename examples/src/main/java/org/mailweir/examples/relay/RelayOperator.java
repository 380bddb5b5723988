package org.mailweir.examples.relay;

import java.util.List;
import org.mailweir.examples.relay.control.QueueDepths;
import org.mailweir.examples.relay.control.RelayControl;
import org.mailweir.examples.relay.outbound.DeliveryQueue;
import org.mailweir.examples.relay.outbound.DeliveryQueue.Withdrawn;
import org.mailweir.examples.relay.spool.Envelope;
import org.mailweir.examples.relay.spool.Query;
import org.mailweir.examples.relay.spool.Spool;
import org.mailweir.examples.relay.spool.SpoolException;
import org.mailweir.message.Destination;
import org.mailweir.site.Sites;

/** Does what the operator asks of a relay. */
final class RelayOperator implements RelayControl {
  private final Spool spool;
  private final DeliveryQueue queue;
  private final QueueDepths depths;
  private final Sites sites;

  RelayOperator(Spool spool, DeliveryQueue queue, QueueDepths depths, Sites sites) {
    this.spool = spool;
    this.queue = queue;
    this.depths = depths;
    this.sites = sites;
  }

  @Override
  public Totals totals() {
    long entries = spool.totals().entries();
    // What was removed by hand stays in the queue until its turn, and is then found to be gone.
    int due = (int) Math.min(entries, queue.stats().due());
    return new Totals(entries, depths.destinations(), due);
  }

  @Override
  public List<Depth> deepest(int limit) {
    return depths.deepest(limit);
  }

  @Override
  public int depth(Destination destination) {
    return depths.depth(destination);
  }

  @Override
  public Destination site(Destination destination) {
    return sites.of(destination);
  }

  @Override
  public List<Envelope> list(Query query, int limit) throws SpoolException {
    return spool.list(query, limit);
  }

  @Override
  public void flush() {
    queue.flush();
  }

  @Override
  public void flush(Destination destination) {
    queue.flush(destination);
  }

  @Override
  public Withdrawal expire(Query query, int limit) throws SpoolException {
    return withdraw(query, limit, envelope -> queue.expireNow(envelope.entry().id()));
  }

  @Override
  public Withdrawal remove(Query query, int limit) throws SpoolException {
    return withdraw(query, limit, envelope -> queue.remove(envelope.entry()));
  }

  private interface Withdrawing {
    Withdrawn of(Envelope envelope) throws SpoolException, InterruptedException;
  }

  private Withdrawal withdraw(Query query, int limit, Withdrawing withdrawing)
      throws SpoolException {
    int done = 0;
    int underWay = 0;
    for (Envelope each : spool.list(query, limit)) {
      Withdrawn became = Withdrawn.UNDER_WAY;
      try {
        became = withdrawing.of(each);
      } catch (InterruptedException stopping) {
        Thread.currentThread().interrupt();
      }
      done += became == Withdrawn.DONE ? 1 : 0;
      underWay += became == Withdrawn.UNDER_WAY ? 1 : 0;
    }
    return new Withdrawal(done, underWay);
  }
}
