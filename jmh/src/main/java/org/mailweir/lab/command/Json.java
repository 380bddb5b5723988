package org.mailweir.lab.command;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.List;
import org.mailweir.lab.scenario.Result;

/** Results as JSON: the figures, and apart from them how it went, which is long. */
final class Json {
  private static final Gson COMPACT = new Gson();
  private static final Gson GSON = new GsonBuilder().setPrettyPrinting().create();

  private Json() {}

  /** Returns everything but the courses; the same results give the same bytes. */
  static String figures(List<Result> results) {
    return GSON.toJson(results.stream().map(Result::withoutCourses).toList()) + "\n";
  }

  /** Returns everything. */
  static String courses(List<Result> results) {
    return COMPACT.toJson(results) + "\n";
  }
}
