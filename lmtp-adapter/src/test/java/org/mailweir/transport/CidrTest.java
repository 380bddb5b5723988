package org.mailweir.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.common.net.InetAddresses;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {
  @ParameterizedTest
  @CsvSource({
    "192.0.2.0/24, 192.0.2.0, true",
    "192.0.2.0/24, 192.0.2.255, true",
    "192.0.2.0/24, 192.0.3.0, false",
    "192.0.2.128/25, 192.0.2.127, false",
    "192.0.2.128/25, 192.0.2.128, true",
    "192.0.2.7, 192.0.2.7, true",
    "192.0.2.7, 192.0.2.6, false",
    "0.0.0.0/0, 203.0.113.9, true",
    "0.0.0.0/0, 2001:db8::1, false",
    "2001:db8::/33, 2001:db8:7fff::1, true",
    "2001:db8::/33, 2001:db8:8000::1, false",
    "::/0, 2001:db8::1, true",
    "::/0, 192.0.2.1, false",
  })
  void containsTheAddressesOfItsPrefix(String block, String address, boolean contained) {
    assertThat(Cidr.parse(block).contains(InetAddresses.forString(address))).isEqualTo(contained);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/8",
        "localhost",
        "192.0.2.0/",
        "192.0.2.0/x",
        "192.0.2.0/-1",
        "192.0.2.0/24/8",
        "192.0.2/24",
        "fe80::1%eth0",
        "[::1]",
        "192.0.2.0/0024"
      })
  void refusesWhatIsNoBlock(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Cidr.parse(text))
        .withMessageContaining("is not a block of addresses");
  }

  @ParameterizedTest
  @CsvSource({"192.0.2.0/33, 32", "2001:db8::/129, 128"})
  void refusesAPrefixLongerThanTheAddress(String text, int most) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Cidr.parse(text))
        .withMessageContaining("is not from 0 to " + most);
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.1/24", "11.0.0.0/7", "2001:db8::1/64"})
  void refusesBitsPastThePrefixWhichAreMostlyTypingErrors(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Cidr.parse(text))
        .withMessageContaining("has bits set past its prefix");
  }

  @ParameterizedTest
  @CsvSource({"192.0.2.0/24, 192.0.2.0/24", "::1, ::1/128", "2001:DB8:0::/32, 2001:db8::/32"})
  void writesItsCanonicalForm(String text, String expected) {
    assertThat(Cidr.parse(text)).hasToString(expected);
  }
}
