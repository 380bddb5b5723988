package org.mailweir.lmtp;

import com.google.common.base.Ascii;
import com.google.common.base.Splitter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The argument of XFORWARD (Postfix, XFORWARD_README), of which only IDENT is offered: the queue id
 * of the message at the client.
 *
 * <p>Thread safety: none.
 */
final class Xforward {
  // A queue id goes into logs and back to Postfix: nothing but its own alphabet is let through.
  private static final Pattern QUEUE_ID = Pattern.compile("[0-9A-Za-z]{6,25}");
  private static final int MAX_VALUE = 255;
  private static final Splitter SPACES = Splitter.on(' ').omitEmptyStrings();

  private Optional<String> queueId = Optional.empty();

  Optional<String> queueId() {
    return queueId;
  }

  void clear() {
    queueId = Optional.empty();
  }

  /** Takes the attributes, all or none, and returns whether they were well-formed and known. */
  boolean take(String argument) {
    Optional<String> ident = queueId;
    boolean any = false;
    for (String attribute : SPACES.split(argument)) {
      int equals = attribute.indexOf('=');
      if (equals < 0 || !Ascii.equalsIgnoreCase(attribute.substring(0, equals), "IDENT")) {
        return false;
      }
      Optional<String> value = decode(attribute.substring(equals + 1));
      if (value.isEmpty()) {
        return false;
      }
      // "[UNAVAILABLE]" is none either.
      ident = value.filter(id -> QUEUE_ID.matcher(id).matches());
      any = true;
    }
    queueId = ident;
    return any;
  }

  /** Decodes xtext (RFC 3461 section 4); empty if it is malformed. */
  private static Optional<String> decode(String xtext) {
    if (xtext.isEmpty() || xtext.length() > MAX_VALUE) {
      return Optional.empty();
    }
    ByteArrayOutputStream decoded = new ByteArrayOutputStream(xtext.length());
    for (int i = 0; i < xtext.length(); i++) {
      char c = xtext.charAt(i);
      if (c == '+') {
        if (i + 2 >= xtext.length() || hex(xtext, i + 1) < 0 || hex(xtext, i + 2) < 0) {
          return Optional.empty();
        }
        decoded.write(16 * hex(xtext, i + 1) + hex(xtext, i + 2));
        i += 2;
      } else if (c > ' ' && c < 127 && c != '=') {
        decoded.write(c);
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(decoded.toString(StandardCharsets.ISO_8859_1));
  }

  private static int hex(String text, int index) {
    return Character.digit(text.charAt(index), 16);
  }
}
