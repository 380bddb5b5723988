package org.mailweir.transport;

import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/**
 * The command line: reads it, and the files that it names, into a {@link TransportConfig}. What
 * stands on it wins over {@code --config}, which wins over the chatmail.ini.
 */
final class TransportCommand {
  static final String NAME = "mailweir-transport";

  private final CommandLine commandLine;

  TransportCommand() {
    CommandSpec spec = CommandSpec.create().name(NAME);
    spec.usageMessage()
        .width(100)
        .synopsisSubcommandLabel("")
        .customSynopsis(NAME + " [options] [chatmail.ini]")
        .description(
            "Takes mail over LMTP and delivers it over SMTP; refuses at once what would fail, so that",
            "fresh mail never waits behind dead destinations.",
            "")
        .footer(
            "",
            "D is a duration: 500ms, 5s, 2m, 1h. CIDR is a block of addresses: 192.0.2.0/24.",
            "An option without its dashes is a key of FILE: listen = 127.0.0.1:10083",
            "Exit codes: 0 stopped, 1 start failed, 2 usage.")
        .sortOptions(false);
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
    spec.addOption(
        OptionSpec.builder("--config")
            .paramLabel("FILE")
            .type(String.class)
            .description("file with further options (default: none)")
            .build());
    for (Setting setting : Setting.values()) {
      spec.addOption(option(setting));
    }
    spec.addOption(
        OptionSpec.builder("--help").usageHelp(true).description("show this and exit").build());
    spec.addOption(
        OptionSpec.builder("--version")
            .versionHelp(true)
            .description("show the version and exit")
            .build());
    commandLine =
        new CommandLine(spec).setExpandAtFiles(false).setCaseInsensitiveEnumValuesAllowed(false);
  }

  /**
   * Reads the arguments.
   *
   * @return the configuration; empty if only help or the version was asked for, which is on {@code
   *     out} then
   */
  Optional<TransportConfig> parse(String[] args, PrintWriter out) throws UsageException {
    ParseResult parsed;
    try {
      parsed = commandLine.parseArgs(args);
    } catch (CommandLine.ParameterException wrong) {
      throw new UsageException(wrong.getMessage() + "; --help shows the options");
    }
    if (parsed.isUsageHelpRequested()) {
      commandLine.usage(out, Ansi.OFF);
      return Optional.empty();
    }
    if (parsed.isVersionHelpRequested()) {
      out.println(NAME + " " + version() + " on Java " + Runtime.version());
      return Optional.empty();
    }
    return Optional.of(config(parsed));
  }

  private static TransportConfig config(ParseResult parsed) throws UsageException {
    Map<Setting, SettingValue> values = new EnumMap<>(Setting.class);
    if (parsed.hasMatchedPositional(0)) {
      values.putAll(ConfigFile.readChatmail(path(parsed.matchedPositional(0))));
    }
    if (parsed.hasMatchedOption("--config")) {
      values.putAll(ConfigFile.read(path(parsed.matchedOption("--config"))));
    }
    for (Setting setting : Setting.values()) {
      if (parsed.hasMatchedOption(setting.option())) {
        List<String> texts =
            setting.isFlag()
                ? List.of("on")
                : parsed.matchedOption(setting.option()).originalStringValues();
        values.put(setting, new SettingValue(setting.option(), texts));
      }
    }
    TransportConfig.Builder builder = TransportConfig.builder();
    for (Map.Entry<Setting, SettingValue> entry : values.entrySet()) {
      SettingValue value = entry.getValue();
      try {
        entry.getKey().apply(value.texts(), builder);
      } catch (IllegalArgumentException wrong) {
        throw new UsageException(value.source() + ": " + wrong.getMessage());
      }
    }
    try {
      return builder.build();
    } catch (IllegalArgumentException wrong) {
      throw new UsageException(String.valueOf(wrong.getMessage()));
    }
  }

  private static Path path(ArgSpec argument) throws UsageException {
    String text = argument.originalStringValues().get(0);
    try {
      return Path.of(text);
    } catch (InvalidPathException invalid) {
      throw new UsageException("'" + text + "' is not the name of a file");
    }
  }

  private static OptionSpec option(Setting setting) {
    String description = setting.help() + " (default: " + setting.defaultText() + ")";
    if (setting.isFlag()) {
      return OptionSpec.builder(setting.option())
          .type(boolean.class)
          .arity("0")
          .description(description)
          .build();
    }
    return OptionSpec.builder(setting.option())
        .paramLabel(setting.param())
        .type(setting.repeatable() ? List.class : String.class)
        .auxiliaryTypes(String.class)
        .arity("1")
        .description(description)
        .build();
  }

  private static String version() {
    String version = TransportCommand.class.getPackage().getImplementationVersion();
    return version == null ? "unreleased" : version;
  }
}
