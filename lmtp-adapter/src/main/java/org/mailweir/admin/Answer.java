package org.mailweir.admin;

/**
 * What is sent back to one request.
 *
 * @param code HTTP status code
 */
record Answer(int code, String contentType, String body) {
  /** Returns one line of plain text. */
  static Answer line(int code, String line) {
    return new Answer(code, "text/plain; charset=utf-8", line + "\n");
  }
}
