package org.mailweir.transport;

import org.mailweir.core.GateListener;
import org.mailweir.core.Standing;
import org.mailweir.message.Destination;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes to the log what an operator wants to know of destinations, and nothing of messages. */
public final class GateLog implements GateListener<Destination> {
  private static final Logger log = LoggerFactory.getLogger(GateLog.class);

  @Override
  public void onTransition(Destination destination, Standing from, Standing to, String cause) {
    if (to == Standing.SUSPENDED) {
      log.info("{} is suspended: {}", destination, cause.isEmpty() ? "unreachable" : cause);
    } else if (from == Standing.SUSPENDED && to == Standing.RECOVERING) {
      log.info("{} answers again", destination);
    } else {
      log.debug("{}: {} -> {} {}", destination, from, to, cause);
    }
  }

  @Override
  public void onOutage() {
    log.warn("No destination answers: this host seems to be cut off; live mail is held for now");
  }

  @Override
  public void onOutageOver() {
    log.info("Destinations answer again: held mail is released");
  }
}
