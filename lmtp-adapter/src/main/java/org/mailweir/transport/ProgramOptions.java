package org.mailweir.transport;

import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The options of a program: its settings, {@code --config}, {@code --help} and {@code --version}.
 *
 * <p>Thread safety: none.
 *
 * @param <B> builder of the program's configuration
 */
public final class ProgramOptions<B> {
  private static final String CONFIG = "--config";

  private final CommandLine commandLine;
  private final List<? extends ProgramSetting<B>> settings;

  /**
   * Adds the options to a command.
   *
   * @param spec with a name and a description; sorted as it comes
   * @param settings all that the program has
   */
  public ProgramOptions(CommandSpec spec, List<? extends ProgramSetting<B>> settings) {
    this.settings = List.copyOf(settings);
    spec.usageMessage().width(100).synopsisSubcommandLabel("").sortOptions(false);
    spec.addOption(
        OptionSpec.builder(CONFIG)
            .paramLabel("FILE")
            .type(String.class)
            .description("file with further options (default: none)")
            .build());
    settings.forEach(setting -> spec.addOption(option(setting)));
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
   * @return empty if only help or the version was asked for, which is on {@code out} then
   */
  public Optional<ParseResult> parse(String[] args, PrintWriter out) throws UsageException {
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
      out.println(commandLine.getCommandName() + " " + version() + " on Java " + Runtime.version());
      return Optional.empty();
    }
    return Optional.of(parsed);
  }

  /** Returns the file that {@code --config} names, if it was given. */
  public Optional<Path> config(ParseResult parsed) throws UsageException {
    return parsed.hasMatchedOption(CONFIG)
        ? Optional.of(path(parsed.matchedOption(CONFIG)))
        : Optional.empty();
  }

  /** Returns what stands in a file, whose keys are the settings. */
  public Map<ProgramSetting<B>, SettingValue> read(Path file) throws UsageException {
    return ConfigFile.open(file).own(settings, false);
  }

  /** Returns what stands on the command line. */
  public Map<ProgramSetting<B>, SettingValue> given(ParseResult parsed) {
    Map<ProgramSetting<B>, SettingValue> values = new LinkedHashMap<>();
    for (ProgramSetting<B> setting : settings) {
      if (parsed.hasMatchedOption(setting.option())) {
        List<String> texts =
            setting.isFlag()
                ? List.of("on")
                : parsed.matchedOption(setting.option()).originalStringValues();
        values.put(setting, new SettingValue(setting.option(), texts));
      }
    }
    return values;
  }

  /** Hands values to the builder. */
  public void apply(Map<? extends ProgramSetting<B>, SettingValue> values, B builder)
      throws UsageException {
    for (Map.Entry<? extends ProgramSetting<B>, SettingValue> entry : values.entrySet()) {
      SettingValue value = entry.getValue();
      try {
        entry.getKey().apply(value.texts(), builder);
      } catch (IllegalArgumentException wrong) {
        throw new UsageException(value.source() + ": " + wrong.getMessage());
      }
    }
  }

  /** Returns the file that an argument names. */
  static Path path(ArgSpec argument) throws UsageException {
    String text = argument.originalStringValues().get(0);
    try {
      return Path.of(text);
    } catch (InvalidPathException invalid) {
      throw new UsageException("'" + text + "' is not the name of a file");
    }
  }

  private static OptionSpec option(ProgramSetting<?> setting) {
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
    String version = ProgramOptions.class.getPackage().getImplementationVersion();
    return version == null ? "unreleased" : version;
  }
}
