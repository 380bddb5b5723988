package org.mailweir.examples.relay.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mailweir.examples.relay.RelayConfig;
import org.mailweir.lmtp.Protocol;
import org.mailweir.transport.ProgramMain;
import org.mailweir.transport.UsageException;

@Timeout(60)
class RelayCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void hasTheDefaultsOfItsHelp() throws Exception {
    RelayConfig config = parse();

    assertThat(config.spool()).isEqualTo(Path.of("spool"));
    assertThat(config.protocol()).isEqualTo(Protocol.SMTP);
    assertThat(config.retryFirst()).isEqualTo(Duration.ofMinutes(2));
    assertThat(config.retryMax()).isEqualTo(Duration.ofHours(1));
    assertThat(config.lifetime()).isEqualTo(Duration.ofDays(2));
    assertThat(config.transport().listen().getPort()).isEqualTo(10083);
  }

  @Test
  void takesItsOwnOptionsAndThoseOfATransport() throws Exception {
    RelayConfig config =
        parse(
            "--spool", "/var/spool/relay",
            "--protocol", "lmtp",
            "--retry", "1m..2h",
            "--lifetime", "5d",
            "--max-clients", "20",
            "--tls", "may");

    assertThat(config.spool()).isEqualTo(Path.of("/var/spool/relay"));
    assertThat(config.protocol()).isEqualTo(Protocol.LMTP);
    assertThat(config.retryFirst()).isEqualTo(Duration.ofMinutes(1));
    assertThat(config.retryMax()).isEqualTo(Duration.ofHours(2));
    assertThat(config.lifetime()).isEqualTo(Duration.ofDays(5));
    assertThat(config.transport().maxClients()).isEqualTo(20);
  }

  @Test
  void letsTheCommandLineWinOverTheFile(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("relay.ini");
    Files.writeString(file, "lifetime = 1d\nretry = 1m..30m\n", UTF_8);

    RelayConfig config = parse("--config", file.toString(), "--lifetime", "3d");

    assertThat(config.lifetime()).isEqualTo(Duration.ofDays(3));
    assertThat(config.retryMax()).isEqualTo(Duration.ofMinutes(30));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--retry 5m | --retry: '5m' is not two durations such as 2m..1h",
        "--retry 1h..5m | retry: 5m is not from 1h to 1d",
        "--lifetime 0s | lifetime: 0s is not from 1s to 100d",
        "--protocol uucp | --protocol: 'uucp' is not one of smtp, lmtp",
        "--shadow | Unknown option: '--shadow'; --help shows the options",
        "--recall x | Unknown options: '--recall', 'x'; --help shows the options",
      })
  void refusesWhatMakesNoSense(String args, String error) {
    assertThat(run(args.split(" "))).isEqualTo(ProgramMain.USAGE);
    assertThat(err.toString().strip()).isEqualTo("relay: " + error);
  }

  @Test
  void namesAnUnknownKeyOfTheFile(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("relay.ini");
    Files.writeString(file, "lifespan = 1d\n", UTF_8);

    assertThat(run("--config", file.toString())).isEqualTo(ProgramMain.USAGE);
    assertThat(err.toString().strip()).isEqualTo("relay: " + file + ": unknown key 'lifespan'");
  }

  @Test
  void showsAllOptionsWithDefaults() {
    assertThat(run("--help")).isEqualTo(ProgramMain.STOPPED);
    assertThat(out.toString())
        .contains("--spool=DIR", "--retry=FIRST..MAX", "(default: 2d)", "--trust=CIDR")
        .doesNotContain("--shadow", "chatmail.ini");
  }

  @Test
  void startsAndStops(@TempDir Path directory) {
    CountDownLatch stop = new CountDownLatch(1);
    stop.countDown();
    String[] args = {"--listen", "127.0.0.1:0", "--spool", directory.resolve("s").toString()};

    assertThat(RelayMain.run(args, writer(out), writer(err), stop)).isEqualTo(ProgramMain.STOPPED);
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void saysThatTheSpoolIsNoDirectory(@TempDir Path directory) throws IOException {
    Path file = Files.createFile(directory.resolve("file"));

    assertThat(run("--listen", "127.0.0.1:0", "--spool", file.toString()))
        .isEqualTo(ProgramMain.START_FAILED);
    assertThat(err.toString()).startsWith("relay: The spool " + file + " cannot be opened: ");
  }

  private RelayConfig parse(String... args) throws UsageException {
    return new RelayCommand().parse(args, writer(out)).orElseThrow();
  }

  private int run(String... args) {
    return RelayMain.run(args, writer(out), writer(err), new CountDownLatch(0));
  }

  private static PrintWriter writer(StringWriter text) {
    return new PrintWriter(text, true);
  }
}
