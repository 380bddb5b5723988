package org.mailweir.lab.world;

/**
 * A mail host: it may serve one destination, or many that share it.
 *
 * <p>Thread safety: none; a run is one thread.
 */
public final class Host {
  private final Conduct conduct;
  private int open;
  private int mostOpen;
  private int accepted;
  private int pushedBack;

  /** Creates a host that behaves in that way. */
  public Host(Conduct conduct) {
    this.conduct = conduct;
  }

  /** Returns how it behaves. */
  public Conduct conduct() {
    return conduct;
  }

  /** Returns the connections of ours that it serves now. */
  public int open() {
    return open;
  }

  /** Returns the most connections of ours at once, those that it turned away included. */
  public int mostOpen() {
    return mostOpen;
  }

  /** Returns how many connections it has taken. */
  public int accepted() {
    return accepted;
  }

  /** Returns how many connections it has turned away with 421. */
  public int pushedBack() {
    return pushedBack;
  }

  /** Takes a connection, or turns it away. */
  boolean takes() {
    mostOpen = Math.max(mostOpen, open + 1);
    if (open >= conduct.mostConnections()) {
      pushedBack++;
      return false;
    }
    accepted++;
    open++;
    return true;
  }

  void closed() {
    open--;
  }
}
