package org.mailweir.examples.relay.control;

/**
 * Makes what others said fit for a terminal, which obeys certain characters: those are shown as a
 * question mark, or escaped where they stand in JSON.
 */
final class Plain {
  private static final int LONGEST = 2000;

  private Plain() {}

  /** Returns one line of text, at most 2,000 characters. */
  static String text(String anything) {
    String cut = anything.length() > LONGEST ? anything.substring(0, LONGEST) : anything;
    return cut.strip().replaceAll("[\\p{Cntrl}\\p{Cf}\u0080-\u009f]", "?");
  }

  /** Returns JSON in which nothing but line ends and text is left. */
  static String json(String json) {
    StringBuilder plain = new StringBuilder(json.length());
    json.codePoints()
        .forEach(
            c -> {
              if ((c < ' ' && c != '\n') || (c >= 0x7f && c <= 0x9f) || isFormat(c)) {
                for (char unit : Character.toChars(c)) {
                  plain.append("\\u").append(Integer.toHexString(0x10000 | unit).substring(1));
                }
              } else {
                plain.appendCodePoint(c);
              }
            });
    return plain.toString();
  }

  private static boolean isFormat(int c) {
    return Character.getType(c) == Character.FORMAT;
  }
}
