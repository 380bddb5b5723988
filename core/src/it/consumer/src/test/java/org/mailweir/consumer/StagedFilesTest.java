package org.mailweir.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is staged is complete: what Maven Central asks for, a module, and what it is made of. */
class StagedFilesTest {
  private static final Path STAGED =
      Path.of(System.getProperty("staging"), "org", "mailweir", "mailweir-core");

  @Test
  void theJarIsAModuleThatExportsOnePackage() throws IOException {
    ModuleDescriptor module =
        ModuleFinder.of(staged(".jar")).find("org.mailweir.core").orElseThrow().descriptor();
    assertThat(module.isAutomatic()).isFalse();
    assertThat(module.exports()).extracting(Exports::source).containsExactly("org.mailweir.core");
    assertThat(module.requires().stream().filter(r -> !optional(r)).map(Requires::name))
        .containsOnly("java.base", "org.jctools.core");
  }

  @Test
  void sourcesAndJavadocAreBesideIt() throws IOException {
    assertThat(entries("-sources.jar"))
        .contains("module-info.java", "org/mailweir/core/Backlog.java", "META-INF/LICENSE");
    assertThat(entries("-javadoc.jar"))
        .contains("index.html", "org.mailweir.core/org/mailweir/core/Backlog.html")
        .doesNotContain("org.mailweir.core/org/mailweir/core/PolicyGate.html");
  }

  @Test
  void theBillOfMaterialsNamesWhatTheJarNeeds() throws IOException {
    String bill = Files.readString(staged("-cyclonedx.json"));
    assertThat(bill).contains("\"bomFormat\" : \"CycloneDX\"");
    assertThat(
            Pattern.compile("\"purl\" : \"pkg:maven/([^@]+)@")
                .matcher(bill)
                .results()
                .map(found -> found.group(1)))
        .containsExactlyInAnyOrder("org.mailweir/mailweir-core", "org.jctools/jctools-core");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name",
        "description",
        "url",
        "licenses/license/name",
        "licenses/license/url",
        "developers/developer/name",
        "scm/connection",
        "scm/developerConnection",
        "scm/url",
        "issueManagement/url"
      })
  void thePomSays(String what) throws Exception {
    assertThat(pom(what)).isNotBlank().doesNotContain("${");
  }

  @Test
  void thePomNeedsNoParent() throws Exception {
    assertThat(pom("parent")).isEmpty();
  }

  private static boolean optional(Requires required) {
    return required.modifiers().contains(Requires.Modifier.STATIC);
  }

  private static List<String> entries(String ending) throws IOException {
    try (JarFile jar = new JarFile(staged(ending).toFile())) {
      return jar.stream().map(java.util.zip.ZipEntry::getName).toList();
    }
  }

  private static String pom(String what) throws Exception {
    var parsed = DocumentBuilderFactory.newInstance().newDocumentBuilder();
    return XPathFactory.newInstance()
        .newXPath()
        .evaluate("/project/" + what, parsed.parse(staged(".pom").toFile()));
  }

  /** The one file of that kind. */
  private static Path staged(String ending) throws IOException {
    Pattern name =
        Pattern.compile("mailweir-core-\\d[\\w.]*(-SNAPSHOT)?" + Pattern.quote(ending));
    try (Stream<Path> files = Files.walk(STAGED)) {
      List<Path> found =
          files.filter(f -> name.matcher(f.getFileName().toString()).matches()).toList();
      assertThat(found).as("files that end in %s under %s", ending, STAGED).hasSize(1);
      return found.get(0);
    }
  }
}
