package org.mailweir.smtp;

import java.io.IOException;

/** The remote sent something that is no reply of SMTP, or one beyond our limits. */
final class BadReply extends IOException {
  private static final long serialVersionUID = 1L;

  BadReply(String message) {
    super(message);
  }
}
