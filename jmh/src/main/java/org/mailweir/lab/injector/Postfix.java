package org.mailweir.lab.injector;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mailweir.lab.mail.Letter;
import org.mailweir.lab.mail.Message;
import org.mailweir.lab.policy.Bench;
import org.mailweir.lab.policy.Handover;
import org.mailweir.lab.policy.Transport;
import org.mailweir.lab.time.VirtualTime;

/**
 * Postfix's queue manager with one next hop and M clients (qmgr/qmgr.c, qmgr_active.c and
 * qmgr_defer.c of Postfix 3.7).
 *
 * <ul>
 *   <li>The active queue is bounded, and first in, first out. While it has room, incoming and
 *       deferred mail that is due take turns; once it is full, incoming mail goes first.
 *   <li>One process does it all, so much time for each message.
 *   <li>A message with a letter that was not delivered is deferred for its age, at least 300 and at
 *       most 4,000 s, without jitter, and becomes due at the next of the scans, every 300 s. A
 *       flush makes all of it due; a recall one message.
 *   <li>A client gives up 600 s after the dot (lmtp_data_done_timeout); what it had is deferred.
 * </ul>
 *
 * <p>Not modelled: the time that clients take themselves, connections that stay open between
 * messages, other mail in the same queues, bounces, mail that expires.
 *
 * <p>Thread safety: none; a run is one thread.
 */
public final class Postfix implements Injector {
  private static final double SCAN = 300;
  private static final double LEAST_BACKOFF = 300;
  private static final double MOST_BACKOFF = 4000;
  private static final double DATA_DONE_TIMEOUT = 600;

  private final Bench bench;
  private final VirtualTime time;
  private final Transport transport;
  private final PostfixSettings settings;
  private final ArrayDeque<Queued> active = new ArrayDeque<>();
  private final ArrayDeque<Queued> incoming = new ArrayDeque<>();
  private final ArrayDeque<Queued> due = new ArrayDeque<>();
  private final Set<Queued> deferred = new LinkedHashSet<>();
  private final Load load;
  private boolean managerBusy;
  private boolean deferredFirst;
  private int activeMessages;
  private double longestInVain;

  /** Creates one with empty queues, and starts its scans. */
  public Postfix(Bench bench, Transport transport, PostfixSettings settings) {
    this.bench = bench;
    this.time = bench.time();
    this.transport = transport;
    this.settings = settings;
    this.load = new Load(time);
    time.every(SCAN, this::scan);
  }

  /** A message in one of the queues. */
  private static final class Queued {
    private final Message message;
    private final List<Letter> letters;
    private double nextTry;

    Queued(Message message) {
      this.message = message;
      this.letters = new ArrayList<>(message.letters());
    }
  }

  // -- queues

  @Override
  public void submit(Message message) {
    incoming.add(new Queued(message));
    feed();
  }

  @Override
  public void defer(Message message, double seconds) {
    Queued queued = new Queued(message);
    queued.nextTry = time.seconds() + seconds;
    deferred.add(queued);
  }

  @Override
  public void activate(Message message) {
    activeMessages++;
    active.add(new Queued(message));
  }

  @Override
  public void flush() {
    due.addAll(deferred);
    deferred.clear();
    feed();
  }

  private void scan() {
    for (Iterator<Queued> each = deferred.iterator(); each.hasNext(); ) {
      Queued queued = each.next();
      if (queued.nextTry <= time.seconds()) {
        each.remove();
        due.add(queued);
      }
    }
    feed();
  }

  private void recall(Queued queued) {
    if (deferred.remove(queued)) {
      incoming.add(queued);
      feed();
    }
  }

  private void deferAgain(Queued queued) {
    double age = time.seconds() - queued.message.created();
    queued.nextTry = time.seconds() + Math.min(MOST_BACKOFF, Math.max(LEAST_BACKOFF, age));
    deferred.add(queued);
  }

  // -- the queue manager

  private void feed() {
    while (activeMessages < settings.activeLimit()) {
      Queued next = deferredFirst ? first(due, incoming) : first(incoming, due);
      if (next == null) {
        break;
      }
      activeMessages++;
      active.add(next);
      deferredFirst = activeMessages < settings.activeLimit() && !deferredFirst;
    }
    if (!managerBusy && load.held() < settings.clients() && !active.isEmpty()) {
      managerBusy = true;
      load.taken();
      Queued next = active.remove();
      time.after(
          settings.managerSeconds(),
          () -> {
            managerBusy = false;
            new Client(next).begin();
            feed();
          });
    }
  }

  private static @Nullable Queued first(ArrayDeque<Queued> one, ArrayDeque<Queued> other) {
    return one.isEmpty() ? other.poll() : one.poll();
  }

  @Override
  public int pending() {
    return incoming.size() + due.size() + deferred.size() + activeMessages;
  }

  @Override
  public int clientsHeld() {
    return load.held();
  }

  @Override
  public int mostClientsHeld() {
    return load.most();
  }

  @Override
  public double meanClientsHeld() {
    return load.mean();
  }

  @Override
  public double longestInVain() {
    return longestInVain;
  }

  /** One of the M processes, with one message. */
  private final class Client implements Handover {
    private final Queued queued;
    private final List<Letter> letters;
    private final double since = time.seconds();
    private int unanswered;
    private boolean gone;
    private VirtualTime.@Nullable Event timeout;

    Client(Queued queued) {
      this.queued = queued;
      this.letters = List.copyOf(queued.letters);
      this.unanswered = letters.size();
    }

    void begin() {
      transport.take(this);
      if (!gone) {
        timeout = time.after(DATA_DONE_TIMEOUT, this::leave);
      }
    }

    @Override
    public List<Letter> letters() {
      return letters;
    }

    @Override
    public double created() {
      return queued.message.created();
    }

    @Override
    public void delivered(Letter letter) {
      if (!gone) {
        queued.letters.remove(letter);
      }
      answered();
    }

    @Override
    public void refused(Letter letter, String reason) {
      bench.recorder().refused(reason, bench.world().isHealthy(letter.destination()));
      answered();
    }

    @Override
    public void failed(Letter letter) {
      answered();
    }

    private void answered() {
      if (--unanswered == 0 && !gone) {
        if (timeout != null) {
          timeout.cancel();
        }
        leave();
      }
    }

    private void leave() {
      gone = true;
      activeMessages--;
      if (!queued.letters.isEmpty()) {
        longestInVain = Math.max(longestInVain, time.seconds() - since);
        deferAgain(queued);
      }
      load.gaveBack();
      feed();
    }

    @Override
    public void recall() {
      Postfix.this.recall(queued);
    }
  }
}
