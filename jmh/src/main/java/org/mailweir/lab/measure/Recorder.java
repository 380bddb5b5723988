package org.mailweir.lab.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.mailweir.lab.mail.Letter;
import org.mailweir.lab.mail.Message;
import org.mailweir.lab.time.VirtualTime;

/**
 * Counts what happens in a run.
 *
 * <p>Thread safety: none; a run is one thread.
 */
public final class Recorder {
  private final VirtualTime time;
  private final List<Letter> letters = new ArrayList<>();
  private final Bins attempts = new Bins(1);
  private final Map<String, Long> refusals = new TreeMap<>();
  private long begun;
  private long wasted;
  private int open;
  private int mostOpen;
  private long bytes;
  private long mostBytes;
  private long falseRefusals;

  /** Creates one that has seen nothing. */
  public Recorder(VirtualTime time) {
    this.time = time;
  }

  // -- mail

  /** A message was created. */
  public void created(Message message) {
    letters.addAll(message.letters());
  }

  /**
   * A letter was refused without a try.
   *
   * @param healthy whether its host would have taken it
   */
  public void refused(String reason, boolean healthy) {
    refusals.merge(reason, 1L, Long::sum);
    if (healthy) {
      falseRefusals++;
    }
  }

  /** Its content is in our memory from now on. */
  public void held(Letter letter) {
    bytes += letter.message().bytes();
    mostBytes = Math.max(mostBytes, bytes);
  }

  /** Its content is no more in our memory. */
  public void released(Letter letter) {
    bytes -= letter.message().bytes();
  }

  // -- attempts

  /** An attempt at a connection began. */
  public void attemptBegan() {
    begun++;
    attempts.add(time.seconds());
    mostOpen = Math.max(mostOpen, ++open);
  }

  /** It is over. */
  public void attemptEnded(boolean delivered) {
    open--;
    if (!delivered) {
      wasted++;
    }
  }

  // -- what it saw

  /** Returns all letters, in the order of their creation. */
  public List<Letter> letters() {
    return letters;
  }

  /** Returns the attempts, probes included, by the second. */
  public Bins attempts() {
    return attempts;
  }

  /** Returns how many attempts began, probes included. */
  public long begun() {
    return begun;
  }

  /** Returns how many of those that are over delivered nothing. */
  public long wasted() {
    return wasted;
  }

  /** Returns the most connections, and tries at one, at once. */
  public int mostOpen() {
    return mostOpen;
  }

  /** Returns the most bytes of mail in memory at once. */
  public long mostBytes() {
    return mostBytes;
  }

  /** Returns how many letters were refused without a try, by the policy's own reasons. */
  public Map<String, Long> refusals() {
    return refusals;
  }

  /** Returns how many of them a host would have taken at that moment. */
  public long falseRefusals() {
    return falseRefusals;
  }
}
