package org.mailweir.lab.command;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.List;
import org.mailweir.lab.scenario.Result;

/** Results as JSON; the same results give the same bytes. */
final class Json {
  private static final Gson GSON = new GsonBuilder().setPrettyPrinting().create();

  private Json() {}

  static String of(List<Result> results) {
    return GSON.toJson(results) + "\n";
  }
}
