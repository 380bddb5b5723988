package org.mailweir.lmtp;

import java.util.Optional;
import org.mailweir.message.RcptDsn;
import org.mailweir.message.Reply;

/** The parameters of RCPT: NOTIFY and ORCPT (RFC 3461), where DSN is offered. */
final class RcptParameters {
  private final boolean offersDsn;
  private final boolean utf8;
  private String events = "";
  private String orcpt = "";

  RcptParameters(boolean offersDsn, boolean utf8) {
    this.offersDsn = offersDsn;
    this.utf8 = utf8;
  }

  /** Takes all parameters, and returns the reply to the first that is wrong. */
  Optional<Reply> takeAll(PathArgument path) {
    return path.eachParameter(this::take);
  }

  RcptDsn dsn() {
    return events.isEmpty() && orcpt.isEmpty() ? RcptDsn.NONE : new RcptDsn(events, orcpt);
  }

  private Optional<Reply> take(String key, String value) {
    if (!offersDsn || !(key.equals("NOTIFY") || key.equals("ORCPT"))) {
      return Optional.of(Replies.UNKNOWN_PARAMETER);
    }
    if (key.equals("NOTIFY")) {
      events = DsnGrammar.events(value).orElse("");
      return events.isEmpty() ? Optional.of(Replies.BAD_PARAMETER) : Optional.empty();
    }
    orcpt = DsnGrammar.orcpt(value, utf8).orElse("");
    return orcpt.isEmpty() ? Optional.of(Replies.BAD_PARAMETER) : Optional.empty();
  }
}
