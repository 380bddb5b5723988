package org.mailweir.lmtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.net.InetAddresses;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedPeersTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, true",
    "127.255.255.255, true",
    "128.0.0.1, false",
    "::1, true",
    "::2, false",
    "::ffff:127.0.0.1, true",
    "192.0.2.1, false"
  })
  void trustsThisMachine(String peer, boolean trusted) {
    assertThat(TrustedPeers.loopback().test(InetAddresses.forString(peer))).isEqualTo(trusted);
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.0/24, 192.0.2.255, true",
    "192.0.2.0/24, 192.0.3.0, false",
    "192.0.2.128/25, 192.0.2.127, false",
    "192.0.2.128/25, 192.0.2.128, true",
    "192.0.2.1, 192.0.2.1, true",
    "192.0.2.1, 192.0.2.2, false",
    "0.0.0.0/0, 8.8.8.8, true",
    "0.0.0.0/0, 2001:db8::1, false",
    "2001:db8::/33, 2001:db8:7fff::1, true",
    "2001:db8::/33, 2001:db8:8000::1, false"
  })
  void trustsANetwork(String network, String peer, boolean trusted) {
    assertThat(TrustedPeers.of(List.of(network)).test(InetAddresses.forString(peer)))
        .isEqualTo(trusted);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "localhost", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/-1", "1.2.3.4/24", "::/129"})
  void refusesWhatIsNoNetwork(String network) {
    assertThatThrownBy(() -> TrustedPeers.of(List.of(network)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a network");
  }
}
