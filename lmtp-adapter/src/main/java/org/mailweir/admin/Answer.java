package org.mailweir.admin;

/**
 * What is sent back to one request.
 *
 * @param code HTTP status code
 */
public record Answer(int code, String contentType, String body) {
  /** Returns one line of plain text. */
  public static Answer line(int code, String line) {
    return new Answer(code, "text/plain; charset=utf-8", line + "\n");
  }

  /** Returns a JSON document. */
  public static Answer json(int code, String document) {
    return new Answer(code, "application/json", document + "\n");
  }
}
