package org.mailweir.examples.relay.command;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import org.mailweir.examples.relay.RelayConfig;
import org.mailweir.lmtp.Protocol;
import org.mailweir.transport.Durations;
import org.mailweir.transport.ProgramSetting;
import org.mailweir.transport.Setting;

/** The settings of the relay that a transport does not have, and the table of all. */
enum RelaySetting implements ProgramSetting<RelayConfig.Builder> {
  SPOOL(
      "DIR",
      "./spool",
      "where accepted mail is kept; 250 is answered only when it is durable there",
      (builder, text) -> builder.spool(directory(text))),
  PROTOCOL(
      "smtp|lmtp",
      "smtp",
      "spoken to clients",
      (builder, text) -> builder.protocol(protocol(text))),
  RETRY(
      "FIRST..MAX",
      "2m..1h",
      "when a message is tried again that a host put off: after FIRST, then twice as long each"
          + " time up to MAX, spread over the later half of that; a destination that does not answer"
          + " is probed from half of FIRST on",
      RelaySetting::retry),
  LIFETIME(
      "D",
      "2d",
      "then the sender gets a delivery status notification",
      (builder, text) -> builder.lifetime(Durations.parse(text)));

  private final String param;
  private final String defaultText;
  private final String help;
  private final BiConsumer<RelayConfig.Builder, String> apply;

  RelaySetting(
      String param,
      String defaultText,
      String help,
      BiConsumer<RelayConfig.Builder, String> apply) {
    this.param = param;
    this.defaultText = defaultText;
    this.help = help;
    this.apply = apply;
  }

  /**
   * Returns all settings of the relay. A transport's are left out where they mean nothing to who
   * owns the queue: no client waits for a turn, none is called back, and a gate that refuses
   * nothing has no backlog.
   */
  static List<ProgramSetting<RelayConfig.Builder>> all() {
    List<ProgramSetting<RelayConfig.Builder>> all = new ArrayList<>();
    for (Setting each : Setting.values()) {
      switch (each) {
        case LISTEN -> all.add(ours(each, "127.0.0.1:10083", "where mail is taken"));
        case HOSTNAME ->
            all.add(ours(each, "the host's name", "our name for EHLO, replies and notifications"));
        case MAX_CLIENTS -> all.add(ours(each, "100", "deliveries at once"));
        case TLS_POLICY -> all.add(ours(each, "none", each.help()));
        case MXDELIV -> all.add(ours(each, "off", each.help()));
        case STATE -> all.add(ours(each, "destinations.json in the spool", each.help()));
        case HOLD ->
            all.add(
                ours(
                    each,
                    "5s",
                    "how long an attempt may take to connect (20s until ready) before its message"
                        + " goes back into the queue"));
        case TRUST ->
            all.add(
                ours(
                    each,
                    "loopback",
                    "who may hand mail to us; needed to listen beyond loopback; may repeat"));
        case PATIENCE, RECALL, SHADOW -> {}
        default -> all.add(each.within(RelayConfig.Builder::transport));
      }
    }
    all.addAll(List.of(values()));
    return all;
  }

  private static ProgramSetting<RelayConfig.Builder> ours(
      Setting setting, String defaultText, String help) {
    return setting.within(RelayConfig.Builder::transport, defaultText, help);
  }

  @Override
  public String key() {
    return name().toLowerCase(Locale.ROOT);
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
    return false;
  }

  @Override
  public void set(List<String> texts, RelayConfig.Builder builder) {
    if (texts.size() != 1) {
      throw new IllegalArgumentException("is given " + texts.size() + " times");
    }
    apply.accept(builder, texts.get(0));
  }

  private static void retry(RelayConfig.Builder builder, String text) {
    int dots = text.indexOf("..");
    if (dots < 0) {
      throw new IllegalArgumentException("'" + text + "' is not two durations such as 2m..1h");
    }
    builder.retry(
        Durations.parse(text.substring(0, dots)), Durations.parse(text.substring(dots + 2)));
  }

  private static Protocol protocol(String text) {
    return switch (text) {
      case "smtp" -> Protocol.SMTP;
      case "lmtp" -> Protocol.LMTP;
      default -> throw new IllegalArgumentException("'" + text + "' is not one of smtp, lmtp");
    };
  }

  private static Path directory(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException invalid) {
      throw new IllegalArgumentException("'" + text + "' is not the name of a directory");
    }
  }
}
