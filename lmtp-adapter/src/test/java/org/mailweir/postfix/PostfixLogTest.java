package org.mailweir.postfix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PostfixLogTest {
  private static final String REFUSED =
      "Nov 22 03:00:00 relay postfix/lmtp-filtermail/lmtp[77]: 4dTz5k3YqPzB2c: to=<u@dead.test>,"
          + " relay=127.0.0.1[127.0.0.1]:10083, conn_use=2, delay=4.3, delays=0.1/4.2/0/0.01,"
          + " dsn=4.4.1, status=deferred (host 127.0.0.1[127.0.0.1] said: 451 4.4.1 dead (in reply"
          + " to RCPT TO command))";
  private static final String SUSPENDED =
      "Nov 22 03:00:00 relay postfix/error[78]: 4dTz5k3YqPzB2d: to=<u@dead.test>, relay=none,"
          + " delay=1, delays=1/0/0/0, dsn=4.4.1, status=deferred (delivery temporarily suspended:"
          + " connect to 127.0.0.1[127.0.0.1]:10083: Connection refused)";
  private static final String WARNING =
      "Nov 22 03:00:00 relay postfix/lmtp-filtermail/lmtp[79]: warning: something is odd";
  private static final String FATAL =
      "Nov 22 03:00:00 relay postfix/smtpd[80]: fatal: no files left";
  private static final List<String> HARMLESS =
      List.of(
          "Nov 22 03:00:00 relay postfix/smtpd[81]: warning: problem talking to service rewrite:"
              + " Connection reset by peer",
          "Nov 22 03:00:00 relay postfix/qmgr[82]: warning: resetting file time stamps: /spool");

  @Test
  void findsTheAttemptsOfAMessage() {
    PostfixLog log = new PostfixLog(List.of(WARNING, SUSPENDED, REFUSED));
    assertThat(log.deliveries()).hasSize(2);
    PostfixLog.Delivery delivery = log.deliveries("4dTz5k3YqPzB2c").get(0);
    assertThat(delivery.service()).isEqualTo("lmtp-filtermail/lmtp");
    assertThat(delivery.recipient()).isEqualTo("u@dead.test");
    assertThat(delivery.delaySeconds()).isEqualTo(4.3);
    assertThat(delivery.dsn()).isEqualTo("4.4.1");
    assertThat(delivery.status()).isEqualTo("deferred");
    assertThat(delivery.text()).contains("said: 451 4.4.1 dead");
    assertThat(log.deliveries("4dTz5k3YqPzB2")).isEmpty();
  }

  @Test
  void countsSuspensionsAndTroubles() {
    List<String> lines = new ArrayList<>(HARMLESS);
    lines.addAll(List.of(WARNING, SUSPENDED, FATAL, REFUSED));
    PostfixLog log = new PostfixLog(lines);
    assertThat(log.suspended()).isEqualTo(1);
    assertThat(log.troubles()).containsExactly(WARNING, FATAL);
  }

  @Test
  void readsAQueueListing() {
    QueueEntry entry =
        QueueEntry.parse(
            "{\"queue_name\": \"deferred\", \"queue_id\": \"4dT\", \"arrival_time\": 1700000000,"
                + " \"message_size\": 300, \"forced_expire\": false, \"sender\": \"a@b.test\","
                + " \"recipients\": [{\"address\": \"c@d.test\", \"delay_reason\": \"no\"},"
                + " {\"address\": \"e@f.test\"}]}");
    assertThat(entry.arrivalTime()).isEqualTo(1_700_000_000L);
    assertThat(entry.recipients())
        .containsExactly(
            new QueueEntry.Undelivered("c@d.test", "no"),
            new QueueEntry.Undelivered("e@f.test", null));
  }
}
