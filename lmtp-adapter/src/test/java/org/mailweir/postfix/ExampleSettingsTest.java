package org.mailweir.postfix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What operators are told to set is what the tests behind a real Postfix run with. */
class ExampleSettingsTest {
  private static final Path EXAMPLES = Path.of("..", "examples", "postfix");
  private static final PostfixSettings SETTINGS =
      PostfixSettings.recommended(new InetSocketAddress("127.0.0.1", 10083));

  @Test
  void mainCfIsPartOfTheOneThatIsTested() throws IOException {
    List<String> told = settings("main.cf");
    assertThat(told).hasSizeGreaterThan(8);
    assertThat(new PostfixFiles(Path.of("unused")).mainCf(SETTINGS).entrySet())
        .extracting(setting -> setting.getKey() + " = " + setting.getValue())
        .containsAll(told);
  }

  @Test
  void masterCfIsPartOfTheOneThatIsTested() throws IOException {
    assertThat(PostfixFiles.masterCf(SETTINGS.maxproc(), 25).lines())
        .containsAll(settings("master.cf"));
  }

  @Test
  void theReadmeTellsTheSame() throws IOException {
    List<String> readme = Files.readAllLines(Path.of("..", "README.md"));
    assertThat(readme).containsAll(settings("main.cf")).containsAll(settings("master.cf"));
  }

  private static List<String> settings(String file) throws IOException {
    return Files.readAllLines(EXAMPLES.resolve(file)).stream()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .toList();
  }
}
