package org.mailweir.admin;

import com.google.common.hash.Hashing;
import com.google.common.io.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** How the page looks, and the policy that keeps a browser from loading anything else. */
final class PageStyle {
  /** The style sheet, which stands in the page. */
  static final String SHEET = read("page.css");

  /** The Content-Security-Policy: this style sheet, and nothing else; no frames around it. */
  static final String SECURITY_POLICY =
      "default-src 'none'; style-src 'sha256-"
          + Base64.getEncoder()
              .encodeToString(Hashing.sha256().hashString(SHEET, StandardCharsets.UTF_8).asBytes())
          + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private PageStyle() {}

  private static String read(String name) {
    URL url = Resources.getResource(PageStyle.class, name);
    try {
      return Resources.toString(url, StandardCharsets.UTF_8);
    } catch (IOException missing) {
      throw new UncheckedIOException(missing);
    }
  }
}
