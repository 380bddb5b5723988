package org.mailweir.tls;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the TXT record that says that there is a policy, and which (RFC 8461 section 3.1). */
final class StsRecord {
  private static final Pattern VERSION = Pattern.compile("v=STSv1[ \t]*;.*");
  private static final Pattern ID = Pattern.compile("[ \t]*id=([A-Za-z0-9]{1,32})[ \t]*");

  private StsRecord() {}

  /** Returns the id of the policy; empty unless exactly one record is one of MTA-STS, and whole. */
  static Optional<String> id(List<String> texts) {
    List<String> ours = texts.stream().filter(each -> VERSION.matcher(each).matches()).toList();
    if (ours.size() != 1) {
      return Optional.empty();
    }
    for (String field : ours.get(0).split(";", -1)) {
      Matcher id = ID.matcher(field);
      if (id.matches()) {
        return Optional.of(id.group(1));
      }
    }
    return Optional.empty();
  }
}
