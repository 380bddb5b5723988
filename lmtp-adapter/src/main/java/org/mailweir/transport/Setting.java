package org.mailweir.transport;

import static java.util.stream.Collectors.joining;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import org.mailweir.tls.TlsMode;
import org.mailweir.tls.TlsPolicyTable;

/** The settings of a transport. */
public enum Setting implements ProgramSetting<TransportConfig.Builder> {
  LISTEN(
      "HOST:PORT",
      "127.0.0.1:10083",
      "where LMTP is spoken; not bound if systemd hands in a socket",
      one((builder, text) -> builder.listen(SocketAddresses.parse(text)))),
  HOSTNAME(
      "NAME",
      "mail_domain, or the host's name",
      "our name for EHLO and replies",
      one((builder, text) -> builder.hostname(HostName.of(text)))),
  MAX_CLIENTS(
      "N",
      "100",
      "M, Postfix's maxproc for this transport",
      one((builder, text) -> builder.maxClients(number(text, "clients")))),
  DNS(
      "HOST:PORT",
      "the system's",
      "resolver to ask; may repeat",
      true,
      (builder, texts) -> builder.dns(texts.stream().map(SocketAddresses::parse).toList())),
  REMOTE_PORT(
      "N",
      "25",
      "SMTP port of the MX hosts",
      one((builder, text) -> builder.remotePort(number(text, "port")))),
  TLS(
      "MODE",
      "verify",
      "verify, encrypt, may or none. verify: valid certificate for the MX name; encrypt: any"
          + " certificate; may: if offered",
      one((builder, text) -> builder.tls(tls(text)))),
  TLS_POLICY(
      "FILE",
      "chatmail with a chatmail.ini, else none",
      "exceptions from --tls by destination, in the form of Postfix's smtp_tls_policy_maps;"
          + " chatmail: those of chatmail relays; none",
      one((builder, text) -> builder.tlsPolicy(policy(text)))),
  MXDELIV(
      "on|off",
      "on with a chatmail.ini, else off",
      "HTTPS delivery first, as chatmail relays do",
      one((builder, text) -> builder.mxdeliv(onOrOff(text)))),
  CONNECT_TIMEOUT(
      "D",
      "60s",
      "of one connection attempt",
      one((builder, text) -> builder.connectTimeout(Durations.parse(text)))),
  HOLD(
      "D",
      "5s",
      "how long a client is held for an unconnected attempt (20s until ready)",
      one((builder, text) -> builder.hold(Durations.parse(text)))),
  PATIENCE(
      "D",
      "30s",
      "longest wait for a turn",
      one((builder, text) -> builder.patience(Durations.parse(text)))),
  MAX_MESSAGE_SIZE(
      "BYTES",
      "31457280",
      "largest message that is taken",
      one((builder, text) -> builder.maxMessageSize(number(text, "bytes")))),
  ADMIN(
      "HOST:PORT",
      "off",
      "HTTP: / the operator's page, /metrics Prometheus text, /destinations JSON, /healthz",
      one((builder, text) -> builder.admin(SocketAddresses.parse(text)))),
  MAX_BODY_MEMORY(
      "BYTES",
      "a quarter of the heap",
      "that message bodies may take in memory; more go to unnamed files in the temporary directory",
      one((builder, text) -> builder.maxBodyMemory(bytes(text)))),
  STATE(
      "FILE",
      "off",
      "what is known of destinations, kept over restarts",
      one((builder, text) -> builder.state(file(text)))),
  RECALL(
      "SOCKET",
      "off",
      "Postfix's flush socket (/var/spool/postfix/public/flush), through which refused messages"
          + " are called back",
      one((builder, text) -> builder.recall(file(text)))),
  SHADOW(
      "",
      "off",
      "decide and count, refuse nothing: /metrics tells what would have been refused",
      one((builder, text) -> builder.shadow(onOrOff(text)))),
  TRUST(
      "CIDR",
      "loopback",
      "who may speak LMTP to us; needed to listen beyond loopback; may repeat",
      true,
      (builder, texts) -> builder.trust(texts.stream().map(Cidr::parse).toList()));

  private final String param;
  private final String defaultText;
  private final String help;
  private final boolean repeatable;
  private final BiConsumer<TransportConfig.Builder, List<String>> apply;

  Setting(
      String param,
      String defaultText,
      String help,
      BiConsumer<TransportConfig.Builder, List<String>> apply) {
    this(param, defaultText, help, false, apply);
  }

  Setting(
      String param,
      String defaultText,
      String help,
      boolean repeatable,
      BiConsumer<TransportConfig.Builder, List<String>> apply) {
    this.param = param;
    this.defaultText = defaultText;
    this.help = help;
    this.repeatable = repeatable;
    this.apply = apply;
  }

  @Override
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public String param() {
    return param;
  }

  @Override
  public String defaultText() {
    return defaultText;
  }

  @Override
  public String help() {
    return help;
  }

  @Override
  public boolean repeatable() {
    return repeatable;
  }

  @Override
  public void set(List<String> texts, TransportConfig.Builder builder) {
    apply.accept(builder, texts);
  }

  private static BiConsumer<TransportConfig.Builder, List<String>> one(
      BiConsumer<TransportConfig.Builder, String> apply) {
    return (builder, texts) -> {
      if (texts.size() != 1) {
        throw new IllegalArgumentException("is given " + texts.size() + " times");
      }
      apply.accept(builder, texts.get(0));
    };
  }

  private static long bytes(String text) {
    return digits(text, "bytes");
  }

  private static long digits(String text, String unit) {
    if (!text.matches("\\d{1,18}")) {
      throw new IllegalArgumentException("'" + text + "' is not a number of " + unit);
    }
    return Long.parseLong(text);
  }

  private static int number(String text, String unit) {
    long number = digits(text, unit);
    if (number > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(text + " is too large a number of " + unit);
    }
    return (int) number;
  }

  private static boolean onOrOff(String text) {
    return switch (text) {
      case "on" -> true;
      case "off" -> false;
      default -> throw new IllegalArgumentException("'" + text + "' is not one of on, off");
    };
  }

  private static TlsPolicyTable policy(String text) {
    return switch (text) {
      case "none" -> TlsPolicyTable.empty();
      case "chatmail" -> TlsPolicyTable.chatmail();
      default -> TlsPolicyTable.read(file(text));
    };
  }

  private static Path file(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException invalid) {
      throw new IllegalArgumentException("'" + text + "' is not the name of a file");
    }
  }

  private static TlsMode tls(String text) {
    return Arrays.stream(TlsMode.values())
        .filter(mode -> lowerCase(mode).equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'"
                        + text
                        + "' is not one of "
                        + Arrays.stream(TlsMode.values())
                            .map(Setting::lowerCase)
                            .collect(joining(", "))));
  }

  private static String lowerCase(TlsMode mode) {
    return mode.name().toLowerCase(Locale.ROOT);
  }
}
