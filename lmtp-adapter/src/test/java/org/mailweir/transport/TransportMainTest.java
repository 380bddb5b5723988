package org.mailweir.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TransportMainTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--listen             | 10083            | --listen: '10083' is not HOST:PORT",
        "--listen             | ::1:10083        | --listen: '::1:10083' is not HOST:PORT",
        "--listen             | :10083           | --listen: ':10083' is not HOST:PORT",
        "--listen             | 127.0.0.1:70000  | --listen: '127.0.0.1:70000' is not HOST:PORT",
        "--listen             | host.invalid:1   | --listen: unknown host 'host.invalid'",
        "--listen             | 0.0.0.0:0        | listen: 0.0.0.0:0 is reachable from other hosts",
        "--hostname           | not_a_name       | hostname: 'not_a_name' is not a host name",
        "--hostname           | two words        | hostname: 'two words' is not a host name",
        "--hostname           | ''               | --hostname: has no value",
        "--max-clients        | 9                | max-clients: 9 is not from 10 to 10000",
        "--max-clients        | many             | --max-clients: 'many' is not a number of clients",
        "--max-clients        | 99999999999      | --max-clients: 99999999999 is too large",
        "--dns                | 127.0.0.1        | --dns: '127.0.0.1' is not HOST:PORT",
        "--dns                | 127.0.0.1:0      | dns: port: 0 is not from 1 to 65535",
        "--remote-port        | 0                | remote-port: 0 is not from 1 to 65535",
        "--remote-port        | 65536            | remote-port: 65536 is not from 1 to 65535",
        "--remote-port        | -1               | --remote-port: '-1' is not a number of port",
        "--tls                | strict           | --tls: 'strict' is not one of verify, encrypt, may",
        "--tls                | VERIFY           | --tls: 'VERIFY' is not one of",
        "--connect-timeout    | 60               | --connect-timeout: '60' is not a duration",
        "--connect-timeout    | 11m              | connect-timeout: 11m is not from 10ms to 10m",
        "--hold               | 0s               | hold: 0s is not from 10ms to 20s",
        "--hold               | 21s              | hold: 21s is not from 10ms to 20s",
        "--patience           | 5m               | patience: 5m is not from 10ms to 4m",
        "--max-message-size   | 30M              | --max-message-size: '30M' is not a number of bytes",
        "--max-message-size   | 1023             | max-message-size: 1023 is not from 1024 to",
        "--admin              | localhost        | --admin: 'localhost' is not HOST:PORT",
        "--trust              | 10.0.0.1/8       | --trust: 10.0.0.1/8 has bits set past its prefix",
        "--trust              | 10.0.0.0/8,      | --trust: has no value",
      })
  void refusesABadValueWithOneLine(String option, String value, String line) {
    Program program = Program.run("--listen=127.0.0.1:0", option, value);
    // The first --listen would hide what is tested when the option is --listen itself.
    if (option.equals("--listen")) {
      program = Program.run(option, value);
    }
    assertUsageError(program, line);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--spool", "--list", "-l", "--config-file"})
  void refusesAnUnknownOption(String option) {
    assertUsageError(Program.run(option), "Unknown option: '" + option + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--listen", "--trust", "--config", "--recall", "--tls"})
  void refusesAnOptionWithoutItsValue(String option) {
    assertUsageError(Program.run(option), option);
  }

  @Test
  void refusesAnOptionThatIsGivenTwice() {
    assertUsageError(
        Program.run("--listen", "127.0.0.1:0", "--listen", "127.0.0.1:0"), "only once");
  }

  @Test
  void refusesASecondFile() {
    assertUsageError(Program.run("one.ini", "two.ini"), "two.ini");
  }

  @Test
  void takesNoArgumentsFromFilesWithAnAt() throws IOException {
    Path arguments = Files.writeString(directory.resolve("arguments"), "--help");
    assertUsageError(Program.run("@" + arguments), "@" + arguments + ": no such file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"config", "help", "version", "spool", "max_clients", "LISTEN", "a.b"})
  void refusesAnUnknownKeyInAFile(String key) throws IOException {
    Path file = Files.writeString(directory.resolve("relay.ini"), key + " = x\n");
    assertUsageError(
        Program.run("--config", file.toString()), file + ": unknown key '" + key + "'");
  }

  @Test
  void refusesAnUnknownSectionInAFile() throws IOException {
    Path file = Files.writeString(directory.resolve("relay.ini"), "[smtp]\nhold = 5s\n");
    assertUsageError(Program.run("--config", file.toString()), file + ": unknown section [smtp]");
  }

  @Test
  void namesFileAndKeyOfABadValue() throws IOException {
    Path file = Files.writeString(directory.resolve("relay.ini"), "hold = 5\n");
    assertUsageError(
        Program.run("--config", file.toString()), file + ": hold: '5' is not a duration");
  }

  @Test
  void refusesAMissingFile() {
    Path file = directory.resolve("none.ini");
    assertUsageError(Program.run("--config", file.toString()), file + ": no such file");
    assertUsageError(Program.run(file.toString()), file + ": no such file");
  }

  @Test
  void refusesAPositionalFileThatIsNoChatmailIni() throws IOException {
    Path file = Files.writeString(directory.resolve("relay.ini"), "hold = 5s\n");
    assertUsageError(Program.run(file.toString()), file + ": no section [params]");
  }

  @Test
  void helpShowsExactlyTheOptionsThatAreBuilt() throws IOException {
    Program program = Program.run("--help");
    assertThat(program.exitCode()).isZero();
    assertThat(program.err()).isEmpty();
    try (InputStream golden = getClass().getResourceAsStream("help.txt")) {
      assertThat(golden).isNotNull();
      assertThat(program.out())
          .isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void printsItsVersion() {
    Program program = Program.run("--version");
    assertThat(program.exitCode()).isZero();
    assertThat(program.out()).matches("mailweir-transport \\S+ on Java \\S+\\R");
  }

  @Test
  void endsWithOneLineIfItsPortIsInUse() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      int port = other.getLocalPort();
      String address = "127.0.0.1:" + port;
      Program program = Program.run("--hostname=relay.test", "--listen", address);
      assertThat(program.exitCode()).isEqualTo(1);
      assertThat(program.err())
          .startsWith("mailweir-transport: Cannot listen on 127.0.0.1 port " + port + ": ")
          .hasLineCount(1);
    }
  }

  @Test
  void endsWithOneLineIfItsAdminPortIsInUse() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      int port = other.getLocalPort();
      String address = "127.0.0.1:" + port;
      Program program =
          Program.run("--hostname=relay.test", "--listen=127.0.0.1:0", "--admin", address);
      assertThat(program.exitCode()).isEqualTo(1);
      assertThat(program.err())
          .startsWith("mailweir-transport: Cannot listen on 127.0.0.1 port " + port + ": ")
          .hasLineCount(1);
    }
  }

  @Test
  void startsAndStopsInOrder() {
    Program program =
        Program.run("--hostname=relay.test", "--listen=127.0.0.1:0", "--admin=127.0.0.1:0");
    assertThat(program.err()).isEmpty();
    assertThat(program.exitCode()).isZero();
  }

  private static void assertUsageError(Program program, String line) {
    assertThat(program.exitCode()).isEqualTo(2);
    assertThat(program.out()).isEmpty();
    assertThat(program.err())
        .startsWith("mailweir-transport: ")
        .contains(line)
        .hasLineCount(1)
        .endsWith(System.lineSeparator());
  }
}
