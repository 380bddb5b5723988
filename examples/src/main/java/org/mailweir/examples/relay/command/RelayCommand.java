package org.mailweir.examples.relay.command;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.mailweir.examples.relay.RelayConfig;
import org.mailweir.transport.ProgramOptions;
import org.mailweir.transport.ProgramSetting;
import org.mailweir.transport.SettingValue;
import org.mailweir.transport.UsageException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * The command line that starts a relay: reads it, and the file that it names, into a {@link
 * RelayConfig}. What stands on it wins over {@code --config}.
 */
final class RelayCommand {
  static final String NAME = "relay";

  private final ProgramOptions<RelayConfig.Builder> options;

  RelayCommand() {
    CommandSpec spec = CommandSpec.create().name(NAME);
    spec.usageMessage()
        .customSynopsis(
            NAME + " [options]",
            "       " + NAME + " list|show|flush|suspend|resume|expire|remove [--help]")
        .description(
            "Takes mail, keeps it until it is delivered over SMTP or its time is over, and tells the",
            "sender what could not be delivered. With a command: asks or tells a running relay.",
            "")
        .footer(
            "",
            "D is a duration: 500ms, 5s, 2m, 1h, 2d. CIDR is a block of addresses: 192.0.2.0/24.",
            "An option without its dashes is a key of FILE: spool = /var/spool/relay",
            "Exit codes: 0 stopped, 1 start failed, 2 usage.");
    options = new ProgramOptions<>(spec, RelaySetting.all());
  }

  /**
   * Reads the arguments.
   *
   * @return the configuration; empty if only help or the version was asked for, which is on {@code
   *     out} then
   */
  Optional<RelayConfig> parse(String[] args, PrintWriter out) throws UsageException {
    Optional<ParseResult> parsed = options.parse(args, out);
    return parsed.isEmpty() ? Optional.empty() : Optional.of(config(parsed.get()));
  }

  private RelayConfig config(ParseResult parsed) throws UsageException {
    Map<ProgramSetting<RelayConfig.Builder>, SettingValue> values = new LinkedHashMap<>();
    Optional<Path> file = options.config(parsed);
    if (file.isPresent()) {
      values.putAll(options.read(file.get()));
    }
    values.putAll(options.given(parsed));
    RelayConfig.Builder builder = RelayConfig.builder();
    options.apply(values, builder);
    try {
      return builder.build();
    } catch (IllegalArgumentException wrong) {
      throw new UsageException(String.valueOf(wrong.getMessage()));
    }
  }
}
