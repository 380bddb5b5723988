package org.mailweir.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mailweir.message.Destination;

@Timeout(30)
class TlsPolicyTableTest {
  private static Optional<TlsMode> mode(TlsPolicyTable table, String destination) {
    return table.find(Destination.of(destination)).map(TlsRule::mode);
  }

  @ParameterizedTest
  @CsvSource({
    "'[192.0.2.1]', ENCRYPT",
    "'[IPv6:2001:db8::1]', ENCRYPT",
    "_test.example.org, ENCRYPT",
    "nauta.cu, NONE",
    "NAUTA.CU., NONE",
    "mail.nauta.cu,",
    "a_b.example.org,",
    "example.org,"
  })
  void makesTheExceptionsOfChatmailRelays(String destination, TlsMode mode) {
    assertThat(mode(TlsPolicyTable.chatmail(), destination)).isEqualTo(Optional.ofNullable(mode));
  }

  @ParameterizedTest
  @CsvSource({
    "'[192.0.2.1]', ENCRYPT",
    "'[IPv6:2001:db8::1]', ENCRYPT",
    "_test.example.org, ENCRYPT",
    "nauta.cu, MAY",
    "xnauta.cu,"
  })
  void readsTheMapThatChatmailGivesToPostfix(String destination, TlsMode mode) {
    String map = "/^\\[[^]]+\\]$/ encrypt\n/^_/          encrypt\n/^nauta\\.cu$/    may\n";
    assertThat(mode(TlsPolicyTable.parse(map), destination)).isEqualTo(Optional.ofNullable(mode));
  }

  @ParameterizedTest
  @CsvSource({
    "example.org, NONE",
    "a.example.org, MAY",
    "a.b.example.org, MAY",
    "below.example.org, VERIFY",
    "xn--bcher-kva.example, ENCRYPT",
    "'[192.0.2.7]', NONE",
    "other.test,"
  })
  void findsNamesAndAllBelowAName(String destination, TlsMode mode) {
    String lines =
        """
        # a comment
        example.org  none
        below.example.org secure
          # a comment between
        .example.org
           may
        Bücher.example. encrypt
        [192.0.2.7] none
        """;
    assertThat(mode(TlsPolicyTable.parse(lines), destination)).isEqualTo(Optional.ofNullable(mode));
  }

  @ParameterizedTest
  @CsvSource({
    "'/example/ may|example.org none', MAY",
    "'example.org none|/example/ may', NONE",
    "'.org encrypt|example.org none', ENCRYPT",
    "'example.org none|example.org may', NONE",
    "'!/example/ may|/org$/ none', NONE",
    "'!/com$/ may|/org$/ none', MAY",
    "'/EXAMPLE/i may', MAY"
  })
  void takesTheFirstLineThatFits(String lines, TlsMode mode) {
    assertThat(mode(TlsPolicyTable.parse(lines.replace('|', '\n')), "example.org")).contains(mode);
  }

  @ParameterizedTest
  @CsvSource({
    "'a.test', line 1: no level",
    "'a.test may|b.test strict', line 2: unknown level 'strict'",
    "'a.test encrypt protocols=TLSv1', line 1: 'protocols=TLSv1': encrypt takes no",
    "'a..test may', line 1: 'a..test': The domain has an empty label",
    "'/(/ may', line 1: not a regular expression",
    "'/a may', line 1: the regular expression has no end",
    "'/a/x may', line 1: unknown flags 'x'",
    "'a.test fingerprint', line 1: fingerprint needs match=",
    "'a.test fingerprint match=AB:CD', line 1: 'AB:CD' is not a SHA-256 fingerprint",
    "'a.test fingerprint ciphers=x', line 1: 'ciphers=x': fingerprint takes match= alone"
  })
  void tellsWhatIsWrongInWhichLine(String lines, String words) {
    assertThatThrownBy(() -> TlsPolicyTable.parse(lines.replace('|', '\n')))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(words)
        .hasMessageNotContaining("\n");
  }

  @Test
  void readsFingerprintsInEveryUsualForm() {
    String hex = "0123456789abcdef".repeat(4);
    String colons = hex.toUpperCase(java.util.Locale.ROOT).replaceAll("(..)(?!$)", "$1:");
    for (String each : new String[] {hex, colons, "sha256:" + colons, hex + "|" + colons}) {
      TlsPolicyTable table = TlsPolicyTable.parse("a.test fingerprint match=" + each);
      assertThat(table.find(Destination.of("a.test")))
          .contains(new TlsRule(TlsMode.ENCRYPT, Optional.of(Pins.parse(hex))));
    }
  }

  @Test
  void namesTheFileThatIsWrong(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("policy"), "a.test\n");
    assertThatThrownBy(() -> TlsPolicyTable.read(file)).hasMessageStartingWith(file + ", line 1: ");
    assertThatThrownBy(() -> TlsPolicyTable.read(directory.resolve("none")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot be read");
  }

  @Test
  void refusesAFileWithoutEnd(@TempDir Path directory) throws Exception {
    Path file = Files.write(directory.resolve("policy"), new byte[(1 << 20) + 1]);
    assertThatThrownBy(() -> TlsPolicyTable.read(file)).hasMessageContaining("more than 1048576");
    String many = "a.test may\n".repeat(10_001);
    assertThatThrownBy(() -> TlsPolicyTable.parse(many)).hasMessageContaining("more than 10000");
  }

  @Test
  void takesTimeLinearToANameThatAStrangerChose() {
    TlsPolicyTable table = TlsPolicyTable.parse("/^(a+)+$/ none");
    assertThat(mode(table, "a".repeat(60) + "." + "a".repeat(60) + ".test")).isEmpty();
  }
}
