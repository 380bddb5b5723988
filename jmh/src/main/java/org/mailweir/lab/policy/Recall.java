package org.mailweir.lab.policy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.DestinationStatus;
import org.mailweir.core.GateListener;
import org.mailweir.core.GateStats;
import org.mailweir.core.Standing;
import org.mailweir.lab.mail.Letter;
import org.mailweir.lab.time.VirtualTime;

/**
 * Calls refused mail back from Postfix when its destination can take it.
 *
 * <p>It remembers which letters were refused, oldest first, for each destination; a destination
 * that is live or recovering (the gate tells when it becomes so), or that is new and has fresh
 * mail, is a candidate. Each second candidates take turns. Each one has as many letters called as
 * it can begin in that second: its window, and what will end in that second, less what it has in
 * flight and waiting; a new one has one. In all there are at most {@value #PER_SECOND} a second,
 * and no more than there are free clients beyond a tenth, or else what is called is only refused
 * again. During a local outage nothing is called.
 *
 * <p>A letter is called {@value #SETTLES} s after its refusal at the earliest, as Postfix ignores
 * the call until it has put the message away, and once more if it does not come.
 *
 * <p>Bounds: {@value #MOST} letters; the rest comes back by Postfix's own time.
 */
final class Recall implements GateListener<String> {
  private static final int PER_SECOND = 50;
  private static final double SETTLES = 2;
  private static final double COMES_WITHIN = 30;
  private static final double FRESH = 300;
  private static final double RESERVE = 0.1;
  private static final double USUAL_DELIVERY = 1;
  private static final int MOST = 100_000;

  private final VirtualTime time;
  private final Map<String, ArrayDeque<Refused>> refused = new HashMap<>();
  private final Set<String> candidates = new LinkedHashSet<>();
  private final Map<Letter, Refused> called = new HashMap<>();
  private int remembered;
  private boolean outage;

  /** A letter that was refused. */
  private static final class Refused {
    private final Handover handover;
    private final Letter letter;
    private final double since;
    private boolean calledBefore;

    Refused(Handover handover, Letter letter, double since) {
      this.handover = handover;
      this.letter = letter;
      this.since = since;
    }
  }

  Recall(VirtualTime time) {
    this.time = time;
  }

  /** Begins to call mail back that this gate has refused; it tells its transitions here. */
  void start(DestinationGate<String> gate) {
    time.every(1, () -> callBack(gate));
  }

  // -- what the gate tells

  @Override
  public void onTransition(String destination, Standing from, Standing to, String cause) {
    if (takesMail(to) && refused.containsKey(destination)) {
      candidates.add(destination);
    }
  }

  @Override
  public void onOutage() {
    outage = true;
  }

  @Override
  public void onOutageOver() {
    outage = false;
  }

  private static boolean takesMail(Standing standing) {
    return standing == Standing.LIVE || standing == Standing.RECOVERING;
  }

  // -- what the transport tells

  /** Notes that a letter was refused. */
  void refused(Handover handover, Letter letter) {
    if (remembered < MOST) {
      remember(new Refused(handover, letter, time.seconds()));
    }
  }

  private void remember(Refused entry) {
    remembered++;
    String destination = entry.letter.destination();
    refused.computeIfAbsent(destination, name -> new ArrayDeque<>()).add(entry);
    candidates.add(destination);
  }

  /** Notes that a letter is there, called or not. */
  void came(Letter letter) {
    called.remove(letter);
  }

  // -- once a second

  private void callBack(DestinationGate<String> gate) {
    if (outage || candidates.isEmpty()) {
      return;
    }
    int left = Math.min(PER_SECOND, freeClients(gate.stats()));
    for (String destination : new ArrayList<>(candidates)) {
      if (left <= 0) {
        return;
      }
      ArrayDeque<Refused> letters = refused.get(destination);
      Optional<DestinationStatus<String>> status = gate.status(destination);
      if (letters == null || !isCandidate(status, letters)) {
        candidates.remove(destination);
        continue;
      }
      int taken = callBack(letters, Math.min(left, room(status)));
      left -= taken;
      if (taken > 0 || letters.isEmpty()) {
        candidates.remove(destination);
      }
      if (letters.isEmpty()) {
        refused.remove(destination);
      } else if (taken > 0) {
        candidates.add(destination); // at the end: the others first, the next time
      }
    }
  }

  private static int freeClients(GateStats stats) {
    GateStats.Use longer =
        stats.limits().getOrDefault(GateStats.Limit.CLIENTS_LONGER, new GateStats.Use(0, 0));
    return (int) (longer.limit() * (1 - RESERVE) - stats.clientsHeld());
  }

  private boolean isCandidate(
      Optional<DestinationStatus<String>> status, ArrayDeque<Refused> letters) {
    if (status.isPresent() && takesMail(status.get().standing())) {
      return true;
    }
    boolean isNew = status.isEmpty() || status.get().standing() == Standing.NEW;
    Refused newest = letters.peekLast();
    return isNew && newest != null && newest.since - newest.letter.message().created() < FRESH;
  }

  /** Returns how many letters a destination could begin within the next second. */
  private static int room(Optional<DestinationStatus<String>> known) {
    if (known.isEmpty() || known.get().standing() == Standing.NEW) {
      return 1;
    }
    DestinationStatus<String> status = known.get();
    if (status.failures() > 0) {
      return 0;
    }
    double mean =
        status.meanDeliveryNanos() == 0 ? USUAL_DELIVERY : status.meanDeliveryNanos() / 1e9;
    double ends = Math.min(status.window() / mean, PER_SECOND);
    double room = status.window() + ends - status.inFlight() - status.waiting();
    return (int) Math.max(0, room);
  }

  private int callBack(ArrayDeque<Refused> letters, int most) {
    int taken = 0;
    while (taken < most && !letters.isEmpty()) {
      Refused entry = letters.getFirst();
      if (time.seconds() - entry.since < SETTLES) {
        break;
      }
      letters.removeFirst();
      remembered--;
      if (!entry.letter.isDelivered()) {
        taken++;
        called.put(entry.letter, entry);
        entry.handover.recall();
        time.after(COMES_WITHIN, () -> callAgain(entry));
      }
    }
    return taken;
  }

  private void callAgain(Refused entry) {
    if (called.remove(entry.letter, entry) && !entry.calledBefore) {
      entry.calledBefore = true;
      remember(entry);
    }
  }
}
