package org.mailweir.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The start script, in a tree of its own with JDKs that only print how they are called. */
@Timeout(60)
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  @TempDir Path root;
  private Path script;
  private Path jvms;

  @BeforeEach
  void layOut() throws IOException {
    Path bin = Files.createDirectories(root.resolve("mail weir/bin"));
    Files.copy(Path.of("bin/find-java.sh"), bin.resolve("find-java.sh"));
    script = Files.copy(Path.of("bin/mailweir-transport"), bin.resolve("mailweir-transport"));
    jvms = Files.createDirectories(root.resolve("jvms"));
    Path target = Files.createDirectories(root.resolve("mail weir/target"));
    Files.writeString(target.resolve("mailweir-transport.jar"), "");
  }

  @Test
  void saysHowToBuildAMissingJar() throws Exception {
    Files.delete(root.resolve("mail weir/target/mailweir-transport.jar"));
    Run run = run(Map.of());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .startsWith("mailweir-transport: ")
        .contains("mailweir-transport.jar is not built; build it with: mvn ")
        .hasLineCount(1);
  }

  @Test
  void saysThatNoJavaIsNewEnough() throws Exception {
    jdk(jvms.resolve("java-11"), "11.0.2");
    Run run = run(Map.of());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .contains("no Java 17 or later in JAVA_HOME, /usr/lib/jvm or PATH")
        .hasLineCount(1);
  }

  @Test
  void prefersJavaHome() throws Exception {
    Path home = jdk(root.resolve("my jdk"), "17.0.1");
    jdk(jvms.resolve("java-25"), "25");
    assertThat(run(Map.of("JAVA_HOME", home.toString())).out()).startsWith("17.0.1\n");
  }

  @Test
  void passesOverAJavaHomeThatIsTooOld() throws Exception {
    Path home = jdk(root.resolve("old"), "1.8.0_400");
    jdk(jvms.resolve("java-21"), "21.0.4");
    assertThat(run(Map.of("JAVA_HOME", home.toString())).out()).startsWith("21.0.4\n");
  }

  @Test
  void passesOverAJavaHomeThatIsNone() throws Exception {
    jdk(jvms.resolve("java-17"), "17");
    assertThat(run(Map.of("JAVA_HOME", "/nonexistent")).out()).startsWith("17\n");
  }

  @Test
  void takesTheNewestInstalledOneByNumber() throws Exception {
    jdk(jvms.resolve("a-9"), "9.0.4");
    jdk(jvms.resolve("b-100"), "100");
    jdk(jvms.resolve("c-25"), "25.0.1");
    assertThat(run(Map.of()).out()).startsWith("100\n");
  }

  @Test
  void asksAJavaWithoutAReleaseFile() throws Exception {
    Path home = jdk(jvms.resolve("java-21"), "21.0.4");
    Files.delete(home.resolve("release"));
    assertThat(run(Map.of()).out()).startsWith("21.0.4\n");
  }

  @Test
  void findsJavaOnThePath() throws Exception {
    Path home = jdk(root.resolve("elsewhere"), "21.0.4");
    assertThat(run(Map.of("PATH", home.resolve("bin") + ":" + System.getenv("PATH"))).out())
        .startsWith("21.0.4\n");
  }

  @Test
  void findsItsJarThroughSymbolicLinks() throws Exception {
    jdk(jvms.resolve("java-21"), "21");
    Path first = Files.createSymbolicLink(root.resolve("first"), root.relativize(script));
    Path second = Files.createSymbolicLink(root.resolve("second"), first);
    script = second;
    assertThat(run(Map.of()).out())
        .contains(root.toRealPath().resolve("mail weir/target/mailweir-transport.jar") + "\n");
  }

  @Test
  void passesArgumentsAndExitCodeThrough() throws Exception {
    jdk(jvms.resolve("java-21"), "21");
    Run run = run(Map.of("FAKE_EXIT", "2"), "--hold", "5 s", "");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).endsWith(".jar\n--hold\n5 s\n\n");
  }

  @Test
  void putsTheOperatorsOptionsLastSoThatTheyWin() throws Exception {
    jdk(jvms.resolve("java-21"), "21");
    assertThat(run(Map.of("MAILWEIR_JAVA_OPTS", "-Xmx1g -Da=b")).out())
        .containsSubsequence("-Xmx256m\n", "-Xmx1g\n-Da=b\n-jar\n");
  }

  @Test
  void leavesTheChoiceOfACollectorToTheOperator() throws Exception {
    jdk(jvms.resolve("java-21"), "21");
    assertThat(run(Map.of()).out()).contains("-XX:+UseSerialGC\n");
    assertThat(run(Map.of("MAILWEIR_JAVA_OPTS", "-XX:+UseG1GC")).out())
        .doesNotContain("-XX:+UseSerialGC")
        .contains("-XX:+UseG1GC\n");
  }

  @Test
  void logsAsTheJournalWantsItWhereThatListens() throws Exception {
    jdk(jvms.resolve("java-21"), "21");
    assertThat(run(Map.of("JOURNAL_STREAM", "8:1234")).out())
        .contains("-Dmailweir.log.form=journal\n");
    assertThat(run(Map.of("JOURNAL_STREAM", "")).out()).doesNotContain("mailweir.log");
  }

  private record Run(int exitCode, String out, String err) {}

  private Run run(Map<String, String> environment, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("sh", script.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(root.toFile());
    builder.environment().remove("JAVA_HOME");
    builder.environment().remove("MAILWEIR_JAVA_OPTS");
    builder.environment().put("MAILWEIR_JVM_DIR", jvms.toString());
    builder.environment().put("PATH", onlyTools().toString());
    builder.environment().putAll(environment);
    Path out = root.resolve("out");
    Path err = root.resolve("err");
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    int code = process.waitFor();
    return new Run(
        code,
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }

  // The tools that the script needs, and no java.
  private Path onlyTools() throws IOException {
    Path tools = root.resolve("tools");
    if (!Files.exists(tools)) {
      Files.createDirectories(tools);
      for (String tool : List.of("sh", "sed", "head", "dirname", "readlink")) {
        String real = Files.isExecutable(Path.of("/usr/bin", tool)) ? "/usr/bin/" : "/bin/";
        script(tools.resolve(tool), "#!/bin/sh\nexec " + real + tool + " \"$@\"\n");
      }
    }
    return tools;
  }

  private static Path jdk(Path home, String version) throws IOException {
    Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
    script(
        java,
        """
        #!/bin/sh
        if [ "$1" = -version ]; then
          echo 'openjdk version "%1$s" 2026-01-01' >&2
          exit 0
        fi
        echo %1$s
        printf '%%s\\n' "$@"
        exit ${FAKE_EXIT:-0}
        """
            .formatted(version));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return home;
  }

  private static void script(Path path, String content) throws IOException {
    Files.writeString(path, content);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
