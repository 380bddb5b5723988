package org.mailweir.mxdeliv;

import java.util.List;
import okhttp3.Headers;
import org.mailweir.message.Recipient;
import org.mailweir.message.Sender;

/** The addresses of one message, as headers. */
final class Letter {
  private static final String FROM = "X-MAIL-FROM";
  private static final String TO = "X-MAIL-TO";

  // Servers bound the headers of a request: nginx at 8 KB a line and 32 KB in all, hyper at 100.
  private static final int RECIPIENTS = 80;
  private static final int CHARACTERS = 6_000;

  private Letter() {}

  /** Returns whether these addresses can be headers, of a number and length that servers take. */
  static boolean fits(Sender sender, List<Recipient> recipients) {
    int length = sender.address().length();
    boolean plain = !sender.utf8() && isPlain(sender.address());
    for (Recipient each : recipients) {
      length += each.address().length() + TO.length() + 4;
      plain &= isPlain(each.address());
    }
    return plain && recipients.size() <= RECIPIENTS && length <= CHARACTERS;
  }

  /** Returns the headers: no sender for the null reverse path, one line for each recipient. */
  static Headers headers(Sender sender, List<Recipient> recipients) {
    Headers.Builder headers = new Headers.Builder();
    if (!sender.address().isEmpty()) {
      headers.add(FROM, sender.address());
    }
    recipients.forEach(each -> headers.add(TO, each.address()));
    return headers.build();
  }

  /** A space at an end would be lost on the way, other control characters could do harm. */
  private static boolean isPlain(String address) {
    return address.chars().allMatch(c -> c > ' ' && c <= '~');
  }
}
