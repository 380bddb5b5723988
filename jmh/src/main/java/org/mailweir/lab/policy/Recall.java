package org.mailweir.lab.policy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.DestinationStatus;
import org.mailweir.core.Standing;
import org.mailweir.lab.mail.Letter;
import org.mailweir.lab.time.VirtualTime;

/**
 * Calls refused mail back from Postfix when its destination takes mail again.
 *
 * <p>It remembers which letters were refused, oldest first, for each destination. Each second, for
 * each destination that is live or recovering, it calls back as many as that destination can begin
 * in a second (its window over the mean time of a delivery), less what is on its way already, and
 * at most {@value #PER_SECOND} in all; destinations take turns. A letter is called back {@value
 * #SETTLES} s after its refusal at the earliest, as Postfix ignores the call until it has put the
 * message away, and a second time if it does not come.
 *
 * <p>Bounds: {@value #MOST} letters; the rest comes back by Postfix's own time.
 */
final class Recall {
  static final int PER_SECOND = 50;
  private static final double SETTLES = 2;
  private static final double COMES_WITHIN = 30;
  private static final int MOST = 100_000;

  private final VirtualTime time;
  private final DestinationGate<String> gate;
  private final Map<String, ArrayDeque<Refused>> refused = new LinkedHashMap<>();
  private final Map<Letter, Refused> called = new HashMap<>();
  private int remembered;

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

  Recall(VirtualTime time, DestinationGate<String> gate) {
    this.time = time;
    this.gate = gate;
    time.every(1, this::callBack);
  }

  /** Notes that a letter was refused. */
  void refused(Handover handover, Letter letter) {
    if (remembered < MOST) {
      remember(new Refused(handover, letter, time.seconds()));
    }
  }

  private void remember(Refused entry) {
    remembered++;
    refused.computeIfAbsent(entry.letter.destination(), d -> new ArrayDeque<>()).add(entry);
  }

  /** Notes that a letter is there, called or not. */
  void came(Letter letter) {
    called.remove(letter);
  }

  private void callBack() {
    int left = PER_SECOND;
    for (Map.Entry<String, ArrayDeque<Refused>> each : new ArrayList<>(refused.entrySet())) {
      if (left == 0) {
        return;
      }
      ArrayDeque<Refused> letters = each.getValue();
      int taken = callBack(letters, Math.min(left, room(each.getKey())));
      left -= taken;
      if (letters.isEmpty()) {
        refused.remove(each.getKey());
      } else if (taken > 0) { // to the end: the others first, the next time
        refused.remove(each.getKey());
        refused.put(each.getKey(), letters);
      }
    }
  }

  private int callBack(ArrayDeque<Refused> letters, int most) {
    int taken = 0;
    double now = time.seconds();
    for (Iterator<Refused> each = letters.iterator(); each.hasNext() && taken < most; ) {
      Refused entry = each.next();
      if (now - entry.since < SETTLES) {
        break;
      }
      each.remove();
      remembered--;
      if (entry.letter.isDelivered()) {
        continue;
      }
      taken++;
      called.put(entry.letter, entry);
      entry.handover.recall();
      time.after(COMES_WITHIN, () -> callAgain(entry));
    }
    return taken;
  }

  private void callAgain(Refused entry) {
    if (called.remove(entry.letter, entry) && !entry.calledBefore) {
      entry.calledBefore = true;
      remember(entry);
    }
  }

  /** Returns how many letters a destination could begin in the next second. */
  private int room(String destination) {
    Optional<DestinationStatus<String>> known = gate.status(destination);
    if (known.isEmpty()) {
      return 0;
    }
    DestinationStatus<String> status = known.get();
    boolean takesMail =
        status.standing() == Standing.LIVE || status.standing() == Standing.RECOVERING;
    if (!takesMail || status.failures() > 0) {
      return 0;
    }
    double mean = status.meanDeliveryNanos() == 0 ? 1 : status.meanDeliveryNanos() / 1e9;
    double aSecond = status.window() / Math.max(mean, 0.1);
    int busy = status.waiting();
    return (int) Math.max(0, Math.ceil(aSecond) - busy);
  }
}
