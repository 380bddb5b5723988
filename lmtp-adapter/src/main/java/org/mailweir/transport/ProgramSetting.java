package org.mailweir.transport;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * A setting that may stand on the command line of a program (with two dashes before the key) and in
 * its file. All of a program are in one table, so that options, keys and help cannot differ.
 *
 * @param <B> builder of the program's configuration
 */
public interface ProgramSetting<B> {
  /** Returns the key in files, which is the option without its dashes. */
  String key();

  /** Returns what stands for the value in the help; empty for a flag. */
  String param();

  /** Returns the default in words. */
  String defaultText();

  /** Returns what it is good for. */
  String help();

  /** Returns whether several values may be given, in separate options or with commas between. */
  boolean repeatable();

  /**
   * Parses values and hands them to the builder.
   *
   * @param texts as {@link #apply} leaves them
   * @throws IllegalArgumentException with one line on what is wrong, without the setting's name
   */
  void set(List<String> texts, B builder);

  /** Returns the option on the command line. */
  default String option() {
    return "--" + key();
  }

  /** Returns whether it is on where it stands without a value. */
  default boolean isFlag() {
    return param().isEmpty();
  }

  /**
   * Parses the values as they were given and hands them to the builder.
   *
   * @param texts one, or several if {@link #repeatable}
   * @throws IllegalArgumentException with one line on what is wrong, without the setting's name
   */
  default void apply(List<String> texts, B builder) {
    List<String> values =
        repeatable()
            ? texts.stream().flatMap(text -> Arrays.stream(text.split(",", -1))).toList()
            : texts;
    List<String> trimmed = values.stream().map(String::strip).toList();
    if (trimmed.stream().anyMatch(String::isEmpty)) {
      throw new IllegalArgumentException("has no value");
    }
    set(trimmed, builder);
  }

  /**
   * Returns the same setting of another program, whose configuration has this one's as a part.
   *
   * @param part finds the builder of the part
   * @param <C> builder of the other program's configuration
   */
  default <C> ProgramSetting<C> within(Function<C, B> part) {
    return within(part, defaultText(), help());
  }

  /** Returns the same setting of another program, told in other words. */
  default <C> ProgramSetting<C> within(Function<C, B> part, String defaultText, String help) {
    return new PartSetting<>(this, part, defaultText, help);
  }
}
