package org.mailweir.jmh.tables;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code tables}: writes the figures of the result files into the page beside them. */
@Command(
    name = TablesCommand.NAME,
    mixinStandardHelpOptions = true,
    description = "Writes the tables of a page from the result files in the directory beside it.")
public final class TablesCommand implements Callable<Integer> {
  /** The first argument. */
  public static final String NAME = "tables";

  @Parameters(
      paramLabel = "PAGE",
      defaultValue = "docs/benchmarks.md",
      description = "default: ${DEFAULT-VALUE}; its results are in a directory of its name")
  private Path page = Path.of("");

  @Override
  public Integer call() throws IOException {
    Files.writeString(page, new Tables(results(page)).fill(Files.readString(page)));
    return 0;
  }

  /** Returns where the results for a page are: docs/benchmarks for docs/benchmarks.md. */
  static Path results(Path page) {
    return page.resolveSibling(page.getFileName().toString().replaceFirst("\\.md$", ""));
  }
}
