package org.mailweir.examples.relay.control;

import java.io.IOException;
import java.io.Reader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.apache.commons.configuration2.INIConfiguration;
import org.apache.commons.configuration2.ex.ConfigurationException;
import org.jspecify.annotations.Nullable;
import org.mailweir.transport.SocketAddresses;

/** Finds where a running relay answers. */
final class AdminAddress {
  private AdminAddress() {}

  /**
   * Returns the address of the option, or else of the relay's file.
   *
   * @throws ControlException with one line, if neither says one
   */
  static InetSocketAddress find(@Nullable String option, @Nullable Path file)
      throws ControlException {
    if (option != null) {
      return parse("--admin", option);
    }
    if (file != null) {
      return parse(file + ": admin", read(file));
    }
    throw ControlException.usage(
        "where is the relay? Give --admin HOST:PORT as it was started with, or --config FILE");
  }

  private static InetSocketAddress parse(String source, String text) throws ControlException {
    try {
      return SocketAddresses.parse(text);
    } catch (IllegalArgumentException wrong) {
      throw ControlException.usage(source + ": " + wrong.getMessage());
    }
  }

  private static String read(Path file) throws ControlException {
    INIConfiguration ini = new INIConfiguration();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      ini.read(reader);
    } catch (NoSuchFileException missing) {
      throw ControlException.usage(file + ": no such file");
    } catch (IOException | ConfigurationException unreadable) {
      throw ControlException.usage(file + ": cannot be read: " + unreadable.getMessage());
    }
    Object admin = ini.getSection(null).getProperty("admin");
    if (admin == null) {
      throw ControlException.usage(
          file + ": no admin = HOST:PORT in it: a relay without it cannot be talked to");
    }
    return admin.toString().strip();
  }
}
