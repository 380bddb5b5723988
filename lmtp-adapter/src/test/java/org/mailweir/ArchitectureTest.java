package org.mailweir;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mailweir.core.TimeSource;

/** The rules of docs/architecture.md: which package knows of which. All may know the clock. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("org.mailweir");

  private static final Map<String, Set<String>> KNOWS =
      new TreeMap<>(
          Map.ofEntries(
              entry("core"),
              entry("message"),
              entry("thread"),
              entry("dns", "message"),
              entry("https", "dns"),
              entry("state", "core", "message"),
              entry("tls", "message", "dns", "https", "state"),
              entry("site", "message", "dns", "state"),
              entry("lmtp", "message", "thread"),
              entry("smtp", "message", "dns", "site", "tls", "thread"),
              entry("mxdeliv", "message", "dns", "https", "tls", "smtp"),
              entry("recall", "core", "message"),
              entry("delivery", "core", "message", "lmtp", "recall", "site", "smtp", "thread"),
              entry("admin", "core"),
              entry(
                  "transport",
                  "core",
                  "message",
                  "thread",
                  "tls",
                  "dns",
                  "https",
                  "site",
                  "lmtp",
                  "recall",
                  "state",
                  "smtp",
                  "mxdeliv",
                  "delivery",
                  "admin")));

  private static Map.Entry<String, Set<String>> entry(String name, String... knows) {
    return Map.entry(name, Set.of(knows));
  }

  static Stream<Map.Entry<String, Set<String>>> packages() {
    return KNOWS.entrySet().stream();
  }

  @ParameterizedTest
  @MethodSource("packages")
  void knowsOfNoOtherPackagesThanTheArchitectureSays(Map.Entry<String, Set<String>> entry) {
    String[] allowed =
        Stream.concat(entry.getValue().stream(), Stream.of(entry.getKey()))
            .map(name -> "org.mailweir." + name)
            .toArray(String[]::new);
    Set<String> others = new TreeSet<>();
    for (JavaClass origin : CLASSES) {
      if (origin.getPackageName().equals("org.mailweir." + entry.getKey())) {
        origin.getDirectDependenciesFromSelf().stream()
            .map(Dependency::getTargetClass)
            .filter(target -> !target.isEquivalentTo(TimeSource.class))
            .map(JavaClass::getPackageName)
            .filter(name -> name.startsWith("org.mailweir"))
            .filter(name -> !Set.of(allowed).contains(name))
            .forEach(others::add);
      }
    }
    assertThat(others).isEmpty();
  }

  @Test
  void everyPackageIsInTheTable() {
    Set<String> packages =
        CLASSES.stream()
            .map(type -> type.getPackageName().substring("org.mailweir.".length()))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(packages).isEqualTo(KNOWS.keySet());
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("org.mailweir.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void theCoreKnowsOfNoLibraryButItsOwn() {
    classes()
        .that()
        .resideInAPackage("org.mailweir.core")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "org.mailweir.core",
            "java..",
            "org.jspecify..",
            "org.jctools..",
            "com.github.benmanes..")
        .check(CLASSES);
  }

  @Test
  void onlyTheProgramKnowsOfItsCommandLineAndFiles() {
    classes()
        .that()
        .resideOutsideOfPackage("org.mailweir.transport")
        .should()
        .onlyDependOnClassesThat()
        .resideOutsideOfPackages("picocli..", "org.apache.commons.configuration2..")
        .check(CLASSES);
  }
}
