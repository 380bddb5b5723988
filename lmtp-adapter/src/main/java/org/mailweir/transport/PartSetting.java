package org.mailweir.transport;

import java.util.List;
import java.util.function.Function;

/** A setting of a part of a program's configuration. */
record PartSetting<B, C>(
    ProgramSetting<B> setting, Function<C, B> part, String defaultText, String help)
    implements ProgramSetting<C> {
  @Override
  public String key() {
    return setting.key();
  }

  @Override
  public String param() {
    return setting.param();
  }

  @Override
  public boolean repeatable() {
    return setting.repeatable();
  }

  @Override
  public void set(List<String> texts, C builder) {
    setting.set(texts, part.apply(builder));
  }
}
