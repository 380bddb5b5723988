package org.mailweir.transport;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/**
 * The command line: reads it, and the files that it names, into a {@link TransportConfig}. What
 * stands on it wins over {@code --config}, which wins over the chatmail.ini.
 */
final class TransportCommand {
  static final String NAME = "mailweir-transport";

  private final ProgramOptions<TransportConfig.Builder> options;

  TransportCommand() {
    CommandSpec spec = CommandSpec.create().name(NAME);
    spec.usageMessage()
        .customSynopsis(NAME + " [options] [chatmail.ini]")
        .description(
            "Takes mail over LMTP and delivers it over SMTP; refuses at once what would fail, so that",
            "fresh mail never waits behind dead destinations.",
            "")
        .footer(
            "",
            "D is a duration: 500ms, 5s, 2m, 1h. CIDR is a block of addresses: 192.0.2.0/24.",
            "An option without its dashes is a key of FILE: listen = 127.0.0.1:10083",
            "Exit codes: 0 stopped, 1 start failed, 2 usage.");
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("0")
            .arity("0..1")
            .paramLabel("chatmail.ini")
            .type(String.class)
            .description(
                "mail_domain, filtermail_host, filtermail_lmtp_port_transport and max_message_size"
                    + " of its section [params] are used")
            .build());
    options = new ProgramOptions<>(spec, List.of(Setting.values()));
  }

  /**
   * Reads the arguments.
   *
   * @return the configuration; empty if only help or the version was asked for, which is on {@code
   *     out} then
   */
  Optional<TransportConfig> parse(String[] args, PrintWriter out) throws UsageException {
    Optional<ParseResult> parsed = options.parse(args, out);
    return parsed.isEmpty() ? Optional.empty() : Optional.of(config(parsed.get()));
  }

  private TransportConfig config(ParseResult parsed) throws UsageException {
    Map<ProgramSetting<TransportConfig.Builder>, SettingValue> values = new LinkedHashMap<>();
    if (parsed.hasMatchedPositional(0)) {
      Path path = ProgramOptions.path(parsed.matchedPositional(0));
      values.putAll(ConfigFile.open(path).chatmail());
    }
    Optional<Path> config = options.config(parsed);
    if (config.isPresent()) {
      ConfigFile file = ConfigFile.open(config.get());
      if (file.isChatmail()) {
        values.putAll(file.chatmail());
      }
      values.putAll(file.own(List.of(Setting.values()), true));
    }
    values.putAll(options.given(parsed));
    TransportConfig.Builder builder = TransportConfig.builder();
    options.apply(values, builder);
    try {
      return builder.build();
    } catch (IllegalArgumentException wrong) {
      throw new UsageException(String.valueOf(wrong.getMessage()));
    }
  }
}
