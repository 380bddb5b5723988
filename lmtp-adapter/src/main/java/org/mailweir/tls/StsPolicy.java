package org.mailweir.tls;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A policy that a domain has published (RFC 8461 section 3.2).
 *
 * @param mode what is to be done with hosts that do not comply
 * @param exchangers names, or {@code *.} and a name; lower case, without a dot at the end
 * @param maxAge for how long it may be kept
 */
record StsPolicy(Mode mode, List<String> exchangers, Duration maxAge) {
  private static final int EXCHANGERS = 200;
  private static final long LONGEST_SECONDS = 31_557_600; // a year, as the RFC has it

  /** What a policy asks for. */
  enum Mode {
    /** Mail goes only to hosts that comply. */
    ENFORCE,
    /** Mail goes anyway; what would have failed is to be reported. */
    TESTING,
    /** There is no policy any more. */
    NONE
  }

  StsPolicy {
    exchangers = List.copyOf(exchangers);
  }

  /** Parses the text of a policy; empty if it is none. */
  static Optional<StsPolicy> parse(String text) {
    String version = "";
    Optional<Mode> mode = Optional.empty();
    long maxAge = -1;
    List<String> exchangers = new ArrayList<>();
    for (String line : text.split("\r?\n", -1)) {
      int colon = line.indexOf(':');
      if (colon < 0) {
        continue;
      }
      String value = line.substring(colon + 1).strip();
      // The first of several is meant, of all but mx; unknown keys are passed over.
      switch (line.substring(0, colon).strip()) {
        case "version" -> version = version.isEmpty() ? value : version;
        case "mode" -> mode = mode.isEmpty() ? mode(value) : mode;
        case "max_age" -> maxAge = maxAge < 0 ? seconds(value) : maxAge;
        case "mx" -> exchangers.add(canonical(value));
        default -> {}
      }
    }
    boolean whole =
        version.equals("STSv1")
            && maxAge >= 0
            && exchangers.size() <= EXCHANGERS
            && mode.map(is -> is == Mode.NONE || !exchangers.isEmpty()).orElse(false);
    return whole
        ? Optional.of(new StsPolicy(mode.get(), exchangers, Duration.ofSeconds(maxAge)))
        : Optional.empty();
  }

  /** Returns whether mail may go to this host; a wildcard stands for one label. */
  boolean names(String exchanger) {
    String name = canonical(exchanger);
    int dot = name.indexOf('.');
    String above = dot < 0 ? "" : "*" + name.substring(dot);
    return exchangers.contains(name) || exchangers.contains(above);
  }

  private static Optional<Mode> mode(String value) {
    return switch (value) {
      case "enforce" -> Optional.of(Mode.ENFORCE);
      case "testing" -> Optional.of(Mode.TESTING);
      case "none" -> Optional.of(Mode.NONE);
      default -> Optional.empty();
    };
  }

  private static long seconds(String value) {
    return value.matches("\\d{1,10}") ? Math.min(Long.parseLong(value), LONGEST_SECONDS) : -1;
  }

  private static String canonical(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
