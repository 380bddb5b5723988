package org.mailweir.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What README.md quotes is in the files, and what it names exists. */
class ReadmeTest {
  @TempDir Path root;

  @BeforeEach
  void makeCheckout() throws IOException {
    Files.createDirectories(root.resolve("src"));
    Files.writeString(
        root.resolve("src/Two.java"), "class Two {\n  int two() {\n    return 2;\n  }\n}\n");
    Files.createDirectories(root.resolve("mod"));
    Files.createFile(root.resolve("mod/pom.xml"));
    Files.createFile(root.resolve("mod/NiceTest.java"));
  }

  @Test
  void readmeAgreesWithTheCheckout() throws IOException {
    ReadmeCheck check = new ReadmeCheck(checkout());
    assertThat(check.complaints()).as(String.join("\n", check.complaints())).isEmpty();
    assertThat(check.quotations()).as("blocks quoted from files").isPositive();
  }

  @Test
  void readmeOfTheExamplesAgreesWithTheirDirectory() throws IOException {
    ReadmeCheck check = new ReadmeCheck(checkout().resolve("examples"));
    assertThat(check.complaints()).as(String.join("\n", check.complaints())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<!-- from src/Two.java -->\n```java\nint two() {\n  return 2;\n}\n```",
        "<!-- from src/Two.java -->\n\n```java\n    return 2;\n  }\n```",
        "[a](src/Two.java#L1), [b](https://example.org/x/y), [c](#here), `src/Two.java`",
        "```\njava -jar mod/target/all.jar --admin 127.0.0.1:80/x\n```",
        "`-Dtest=NiceTest#method`, `/metrics`, `https://a.example/b/c`, `a=b/c`"
      })
  void acceptsWhatIsThere(String readme) throws IOException {
    assertThat(check(readme).complaints()).isEmpty();
  }

  @Test
  void saysWhichQuotedLineDiffers() throws IOException {
    ReadmeCheck check =
        check("Two:\n<!-- from src/Two.java -->\n```java\nint two() {\n  return 3;\n}\n```\n");
    assertThat(check.complaints())
        .singleElement()
        .asString()
        .contains("README.md:5: differs from src/Two.java:3", "has: return 3;", "return 2;");
  }

  @Test
  void noticesThatIndentationWithinTheBlockDiffers() throws IOException {
    ReadmeCheck check =
        check("<!-- from src/Two.java -->\n```java\nint two() {\nreturn 2;\n}\n```\n");
    assertThat(check.complaints()).singleElement().asString().startsWith("README.md:4: differs");
  }

  @Test
  void noticesABlockThatGoesOnPastTheEndOfTheFile() throws IOException {
    ReadmeCheck check = check("<!-- from src/Two.java -->\n```java\n  }\n}\nmore\n```\n");
    assertThat(check.complaints()).singleElement().asString().contains("README.md:5", "(its end)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<!-- from src/Three.java -->\n```java\nint two() {\n```",
        "<!-- from src/Two.java -->\nno block",
        "<!-- from src/Two.java -->\n```java\n```",
        "```java\nint two() {\n```",
        "```\nmod/bin/start --help\n```",
        "```\njava -jar gone/target/all.jar\n```",
        "see [the manual](docs/manual.md)",
        "![chart](docs/chart.svg)",
        "<img src=\"docs/chart.png\">",
        "run `.ci/run`",
        "`mvn test -Dtest=GoneTest`",
        "```\nnever closed"
      })
  void complainsAboutWhatIsNotThere(String readme) throws IOException {
    assertThat(check(readme).complaints()).hasSize(1);
  }

  private ReadmeCheck check(String readme) throws IOException {
    Files.writeString(root.resolve("README.md"), readme);
    return new ReadmeCheck(root);
  }

  /** Returns the root of the checkout: tests run in it, or in the module. */
  private static Path checkout() {
    Path here = Path.of("").toAbsolutePath();
    return Files.isDirectory(here.resolve("examples")) ? here : here.resolve("..").normalize();
  }
}
