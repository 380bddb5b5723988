package org.mailweir.lmtp;

import com.google.common.base.Ascii;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** One line of a client, without its line end, or what is wrong with it. */
sealed interface CommandLine {
  /**
   * A command.
   *
   * @param verb in upper case
   * @param argument what follows the verb, trimmed; may be empty
   */
  record Command(String verb, String argument) implements CommandLine {}

  /** A line that is no command; the connection can go on. */
  record Refused(String reason) implements CommandLine {}

  /** There is no complete line yet. */
  record Incomplete() implements CommandLine {}

  /** Far too much without a line end: this client speaks no LMTP. */
  record Hopeless() implements CommandLine {}

  /** Decodes the bytes of one line, without CRLF. */
  static CommandLine decode(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if ((bytes[i] >= 0 && bytes[i] < ' ') || bytes[i] == 127) {
        return new Refused("Control character in a command");
      }
    }
    String line;
    try {
      line =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes, from, to - from))
              .toString();
    } catch (CharacterCodingException malformed) {
      return new Refused("Command is not UTF-8");
    }
    int space = line.indexOf(' ');
    String verb = space < 0 ? line : line.substring(0, space);
    String argument = space < 0 ? "" : line.substring(space).strip();
    return new Command(Ascii.toUpperCase(verb), argument);
  }
}
