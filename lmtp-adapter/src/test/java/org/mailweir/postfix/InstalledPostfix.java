package org.mailweir.postfix;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Tells whether this machine can run a private Postfix. */
public final class InstalledPostfix {
  private InstalledPostfix() {}

  /** Skips the test, with a line that says why, unless Postfix is installed and we are root. */
  public static void assume() {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/sbin/postfix"))
            && Files.isExecutable(Path.of("/usr/lib/postfix/sbin/master")),
        "SKIPPED: Postfix is not installed (apt-get install postfix)");
    assumeTrue(
        "root".equals(System.getProperty("user.name")),
        "SKIPPED: only root can start a private Postfix");
  }
}
