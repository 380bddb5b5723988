package org.mailweir.transport;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.configuration2.INIConfiguration;
import org.apache.commons.configuration2.SubnodeConfiguration;
import org.apache.commons.configuration2.ex.ConfigurationException;

/**
 * Reads INI files: ours, whose keys are a program's settings, and chatmail's, whose section
 * [params] holds a few that concern us among many that do not.
 */
final class ConfigFile {
  private static final String PARAMS = "params";
  private static final String PORT = "filtermail_lmtp_port_transport";
  private static final String HOST = "filtermail_host";

  private final Path path;
  private final INIConfiguration ini = new INIConfiguration();

  private ConfigFile(Path path) throws UsageException {
    this.path = path;
    try (Reader reader = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
      ini.read(reader);
    } catch (NoSuchFileException missing) {
      throw new UsageException(path + ": no such file");
    } catch (IOException | ConfigurationException unreadable) {
      throw new UsageException(path + ": cannot be read: " + unreadable.getMessage());
    }
  }

  /** Reads a file. */
  static ConfigFile open(Path path) throws UsageException {
    return new ConfigFile(path);
  }

  /** Returns whether it has a section [params]: it is a chatmail.ini then, among other things. */
  boolean isChatmail() {
    return ini.getSections().contains(PARAMS);
  }

  /**
   * Returns what stands in a file of ours.
   *
   * @param known settings that it may have; any other key is an error, and so is a section but for
   *     a chatmail.ini's, where such files are read
   */
  <B> Map<ProgramSetting<B>, SettingValue> own(
      List<? extends ProgramSetting<B>> known, boolean besideChatmail) throws UsageException {
    for (String section : ini.getSections()) {
      if (section != null && !(besideChatmail && section.equals(PARAMS))) {
        throw new UsageException(path + ": unknown section [" + section + "]");
      }
    }
    Map<ProgramSetting<B>, SettingValue> settings = new LinkedHashMap<>();
    SubnodeConfiguration global = ini.getSection(null);
    for (Iterator<String> keys = global.getKeys(); keys.hasNext(); ) {
      String key = keys.next();
      ProgramSetting<B> setting =
          known.stream()
              .<ProgramSetting<B>>map(each -> each)
              .filter(each -> each.key().equals(key))
              .findFirst()
              .orElseThrow(
                  () ->
                      new UsageException(path + ": unknown key '" + key.replace("..", ".") + "'"));
      settings.put(setting, new SettingValue(path + ": " + key, values(global, key)));
    }
    return settings;
  }

  /** Returns what a chatmail.ini says; whatever does not concern us in it is passed over. */
  Map<Setting, SettingValue> chatmail() throws UsageException {
    if (!isChatmail()) {
      throw new UsageException(path + ": no section [params]: not a chatmail.ini");
    }
    SubnodeConfiguration params = ini.getSection(PARAMS);
    Map<Setting, SettingValue> settings = new EnumMap<>(Setting.class);
    single(params, "mail_domain")
        .ifPresent(value -> settings.put(Setting.HOSTNAME, named("mail_domain", value)));
    single(params, "max_message_size")
        .ifPresent(
            value -> settings.put(Setting.MAX_MESSAGE_SIZE, named("max_message_size", value)));
    Optional<String> host = single(params, HOST);
    Optional<String> port = single(params, PORT);
    if (host.isPresent() || port.isPresent()) {
      String bare = host.orElse("127.0.0.1");
      String bracketed = bare.contains(":") && !bare.startsWith("[") ? "[" + bare + "]" : bare;
      String keys = host.isEmpty() ? PORT : port.isEmpty() ? HOST : HOST + " and " + PORT;
      settings.put(Setting.LISTEN, named(keys, bracketed + ":" + port.orElse("10083")));
    }
    // What every chatmail relay does, and no key says.
    settings.put(Setting.TLS_POLICY, named("[" + PARAMS + "]", "chatmail"));
    settings.put(Setting.MXDELIV, named("[" + PARAMS + "]", "on"));
    return settings;
  }

  private SettingValue named(String key, String value) {
    return new SettingValue(path + ": " + key, List.of(value));
  }

  private Optional<String> single(SubnodeConfiguration section, String key) throws UsageException {
    List<String> values = values(section, key);
    if (values.size() > 1) {
      throw new UsageException(path + ": " + key + " is given " + values.size() + " times");
    }
    return values.stream().filter(value -> !value.isEmpty()).findFirst();
  }

  // The raw property: getString would interpolate, and run what stands in ${...}.
  private static List<String> values(SubnodeConfiguration section, String key) {
    Object raw = section.getProperty(key);
    if (raw == null) {
      return List.of();
    }
    List<String> values = new ArrayList<>();
    if (raw instanceof Iterable<?> many) {
      many.forEach(value -> values.add(String.valueOf(value).strip()));
    } else {
      values.add(raw.toString().strip());
    }
    return values;
  }
}
