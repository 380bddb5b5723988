package org.mailweir.transport;

import java.util.List;

/**
 * What was given for one {@link ProgramSetting}.
 *
 * @param source where: the option, or the file and the key in it
 * @param texts the values as given
 */
public record SettingValue(String source, List<String> texts) {}
