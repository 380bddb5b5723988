package org.mailweir.jmh.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TablesTest {
  private static final String RESULTS =
      """
      [{"benchmark": "a.b.C.run", "params": {"peer": "OURS", "size": "10"},
        "primaryMetric": {"score": 1234.5, "scoreError": 12.3, "scoreUnit": "ns/op"},
        "secondaryMetrics": {"gc.alloc.rate.norm": {"score": 32.0004},
          "messages": {"score": 7.2, "scoreError": "NaN", "scoreUnit": "ns/op",
            "scorePercentiles": {"0.0": 5.1, "50.0": 6.4}}}},
       {"benchmark": "a.b.C.run", "params": {"peer": "THEIRS", "size": "10"},
        "primaryMetric": {"score": 9, "scoreError": "NaN", "scoreUnit": "ms/op"},
        "secondaryMetrics": {"gc.alloc.rate.norm": {"score": 26000000}}}]
      """;

  @TempDir Path results;

  @BeforeEach
  void write() throws IOException {
    Files.writeString(results.resolve("r.json"), RESULTS);
  }

  @Test
  void thePagesTablesAreThoseOfTheResults() throws IOException {
    Path page = Path.of("..", "docs", "benchmarks.md");
    String text = Files.readString(page);
    assertThat(text).contains("<!-- table ");
    assertThat(new Tables(TablesCommand.results(page)).fill(text)).isEqualTo(text);
  }

  @Test
  void fillsATableAndLeavesTheRest() throws IOException {
    String before = "words\n<!-- table peer\nall | r.json | run | size=10\n-->\n";
    String after =
        before
            + """

            | | all |
            |---|---|
            | `OURS` | 1,235 ± 12 ns, 32 B |
            | `THEIRS` | 9 ms, 26 MB |

            """;
    assertThat(fill(before)).isEqualTo(after);
    assertThat(fill(after.replace("1,235", "99") + "more")).isEqualTo(after + "more");
  }

  @Test
  void aPercentileStandsForTheMean() throws IOException {
    assertThat(
            fill(
                "<!-- table peer\nmedian | r.json | run | metric=messages size=10 percentile=50.0 peer=OURS\n-->\n"))
        .contains("| `OURS` | 6 ns |");
  }

  @Test
  void whatWasNotMeasuredIsADash() throws IOException {
    String page =
        """
        <!-- table peer
        all | r.json | run |
        one | r.json | run | peer=OURS metric=messages
        -->
        """;
    assertThat(fill(page)).contains("| `OURS` | 1,235 ± 12 ns, 32 B | 7 ns |");
    assertThat(fill(page)).contains("| `THEIRS` | 9 ms, 26 MB | - |");
  }

  @Test
  void refusesAColumnWithoutFiguresOrWithTwoForOneCell() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> fill("<!-- table peer\nx | r.json | run | size=11\n-->\n"))
        .withMessageContaining("nothing measured");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> fill("<!-- table size\nx | r.json | run |\n-->\n"))
        .withMessageContaining("several figures");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> fill("<!-- table peer\nx | r.json\n-->\n"))
        .withMessageContaining("title | file");
  }

  private String fill(String page) throws IOException {
    return new Tables(results).fill(page);
  }
}
