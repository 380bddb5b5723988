package org.mailweir.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationTest {
  @ParameterizedTest
  @CsvSource({
    "example.org, example.org",
    "EXAMPLE.Org, example.org",
    "example.org., example.org",
    "localhost, localhost",
    "_dmarc.foo_bar.test, _dmarc.foo_bar.test",
    "bücher.example, xn--bcher-kva.example",
    "BÜCHER.example, xn--bcher-kva.example",
    "例え。テスト, xn--r8jz45g.xn--zckzah",
    "XN--bcher-KVA.example, xn--bcher-kva.example",
    "1.2.3.test, 1.2.3.test",
    "[192.0.2.1], [192.0.2.1]",
    "[IPv6:2001:db8::1], [IPv6:2001:db8::1]",
    "[ipv6:2001:DB8:0:0:0:0:0:1], [IPv6:2001:db8::1]",
    "[IPv6:::ffff:192.0.2.1], [192.0.2.1]",
    "[IPv6:::], [IPv6:::]",
  })
  void bringsEverySpellingToOneForm(String given, String canonical) {
    assertThat(Destination.of(given).name()).isEqualTo(canonical);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "a..b",
        ".a",
        "a.b..",
        "-a.test",
        "a-.test",
        "a b.test",
        "a\u0000.test",
        "a\r\n.test",
        "192.0.2.1",
        "example.123",
        "a@b.test",
        "a/b.test",
        "<a.test>",
        "[",
        "[]",
        "[192.0.2.1",
        "[192.0.2.256]",
        "[192.0.2]",
        "[2001:db8::1]",
        "[IPv6:192.0.2.1]",
        "[IPv6:fe80::1%eth0]",
        "[IPv6:fe80::1%1]",
        "[IPv6:g::1]",
        "[host.test]",
        "a\uff20b.test",
        "\ud800.test",
        "xn--\u00fc.test",
        "\u00ad"
      })
  void refusesWhatNoMailCanBeSentTo(String name) {
    assertThatThrownBy(() -> Destination.of(name)).isInstanceOf(AddressException.class);
  }

  @Test
  void boundsLabelsAndNames() {
    String label = "a".repeat(63);
    assertThat(Destination.of(label + ".test").name()).hasSize(68);
    assertThatThrownBy(() -> Destination.of(label + "a.test")).hasMessageContaining("63");
    String longest = (label + ".").repeat(3) + "a".repeat(61);
    assertThat(Destination.of(longest).name()).hasSize(253);
    assertThatThrownBy(() -> Destination.of(longest + "a")).hasMessageContaining("too long");
    assertThatThrownBy(() -> Destination.of("ü".repeat(100_000))).hasMessageContaining("too long");
  }

  @Test
  void reasonsAreAsciiAndDoNotRepeatTheName() {
    assertThatThrownBy(() -> Destination.of("se cret.test"))
        .hasMessageNotContaining("secret")
        .message()
        .matches("[ -~]+");
  }

  @Property
  void isStableOrRefused(@ForAll String any) {
    String once;
    try {
      once = Destination.of(any).name();
    } catch (AddressException refused) {
      return;
    }
    assertThat(once).matches("[a-z0-9_.-]+|\\[([0-9.]+|IPv6:[0-9a-f:.]+)]");
    assertThat(Destination.of(once).name()).isEqualTo(once);
  }
}
