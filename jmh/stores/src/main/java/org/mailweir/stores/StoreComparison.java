package org.mailweir.stores;

import com.google.gson.GsonBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures the stores beside each other on one disk, and prints a table. */
@Command(
    name = "stores",
    mixinStandardHelpOptions = true,
    description = "Measures embedded stores as a mail spool: durable, with group commit.")
public final class StoreComparison implements Callable<Integer> {
  @Option(names = "--directory", description = "on the disk to measure (default: .)")
  private Path directory = Path.of(".");

  @Option(names = "--seconds", description = "of each phase (default: 5)")
  private int seconds = 5;

  @Option(names = "--body", description = "bytes of a message (default: 10240)")
  private int body = 10240;

  @Option(names = "--scanned", description = "envelopes at the start-up scan (default: 1000000)")
  private long scanned = 1_000_000;

  @Option(names = "--json", description = "file for the figures")
  private Path json = Path.of("");

  @Option(names = "--only", description = "${COMPLETION-CANDIDATES}")
  private List<Candidate> only = List.of(Candidate.values());

  /** Runs it. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new StoreComparison()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    List<Figures> all = new ArrayList<>();
    System.out.printf(
        "%-34s %7s %7s %7s %8s %8s %8s %6s %7s %6s%n",
        "", "1", "10", "50", "defer", "settle", "written", "left", "scan ms", "MB");
    for (Candidate each : only) {
      Figures figures =
          new Run(each, directory, Duration.ofSeconds(seconds), body).measure(scanned);
      all.add(figures);
      System.out.printf(
          Locale.ROOT,
          "%-34s %7.0f %7.0f %7.0f %8.0f %8.0f %8d %6d %7d %6d%n",
          figures.candidate(),
          figures.accept().clients1(),
          figures.accept().clients10(),
          figures.accept().clients50(),
          figures.defer(),
          figures.settle(),
          figures.writtenPerMessage(),
          figures.leftAfterSettle(),
          figures.scanMillis(),
          figures.scanBytes() >> 20);
    }
    if (!json.toString().isEmpty()) {
      Files.writeString(json, new GsonBuilder().setPrettyPrinting().create().toJson(all) + "\n");
    }
    return 0;
  }
}
