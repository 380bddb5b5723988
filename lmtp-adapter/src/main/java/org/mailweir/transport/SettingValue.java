package org.mailweir.transport;

import java.util.List;

/**
 * What was given for one {@link Setting}.
 *
 * @param source where: the option, or the file and the key in it
 * @param texts the values as given
 */
record SettingValue(String source, List<String> texts) {}
