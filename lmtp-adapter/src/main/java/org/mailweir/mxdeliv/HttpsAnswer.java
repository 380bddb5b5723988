package org.mailweir.mxdeliv;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.Response;
import okio.BufferedSource;
import okio.ByteString;
import org.mailweir.message.Reply;

/**
 * What a host said to a message.
 *
 * @param code of HTTP
 * @param text the first line of its body, printable ASCII, {@value #LONGEST} characters at most
 */
record HttpsAnswer(int code, String text) {
  private static final int LONGEST = 200;
  private static final Pattern SMTP = Pattern.compile("([45])\\d\\d(?:[ -](.*))?");
  private static final Pattern STATUS = Pattern.compile("([45]\\.\\d{1,3}\\.\\d{1,3})(?: |$).*");

  /** Reads as much as is kept of a response, and leaves the rest. */
  static HttpsAnswer of(Response response) {
    String text = "";
    try {
      BufferedSource source = response.body().source();
      source.request(LONGEST);
      ByteString start = source.getBuffer().snapshot((int) Math.min(LONGEST, size(source)));
      text = start.utf8().lines().findFirst().orElse("").replaceAll("[^ -~]", "?").strip();
    } catch (IOException cutOff) {
      // The code alone says what became of the message.
      text = "";
    }
    return new HttpsAnswer(response.code(), text);
  }

  private static long size(BufferedSource source) {
    return source.getBuffer().size();
  }

  boolean isTaken() {
    return code / 100 == 2;
  }

  /**
   * Returns what to tell one recipient of a message that was refused. The words of SMTP count where
   * they are there and speak of this recipient alone; else all is for now.
   */
  Reply refusal(String host, boolean oneRecipient) {
    String said = "host " + host + " said over HTTPS: " + code + " " + text;
    Matcher smtp = SMTP.matcher(text);
    if (!oneRecipient || !smtp.matches()) {
      return new Reply(451, "4.3.0", said.strip());
    }
    int reply = Integer.parseInt(text.substring(0, 3));
    Matcher status = STATUS.matcher(String.valueOf(smtp.group(2)));
    String of = reply / 100 + ".";
    String enhanced =
        status.matches() && status.group(1).startsWith(of) ? status.group(1) : of + "0.0";
    return new Reply(reply == 421 ? 451 : reply, enhanced, said);
  }
}
