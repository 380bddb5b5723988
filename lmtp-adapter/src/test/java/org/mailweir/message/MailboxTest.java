package org.mailweir.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MailboxTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "a@b.test,                 a,               b.test",
        "A.b+c@B.test,             A.b+c,           B.test",
        "!#$%&'*+-/=?^_`{|}~@b.c,  !#$%&'*+-/=?^_`{|}~, b.c",
        "a..b.@b.test,             a..b.,           b.test",
        "\"a b\"@b.test,           \"a b\",         b.test",
        "\"a@b\"@c.test,           \"a@b\",         c.test",
        "\"a\\\"b\"@c.test,        \"a\\\"b\",      c.test",
        "\"\"@c.test,              \"\",            c.test",
        "a@[192.0.2.1],            a,               [192.0.2.1]",
        "a@[IPv6:2001:db8::1],     a,               [IPv6:2001:db8::1]",
        "жук@почта.test,           жук,             почта.test",
      })
  void splitsAnAddress(String address, String localPart, String domain) {
    assertThat(Mailbox.parse(address)).isEqualTo(new Mailbox(localPart, domain));
  }

  @Test
  void takesALocalPartAlone() {
    assertThat(Mailbox.parse("postmaster")).isEqualTo(new Mailbox("postmaster", ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "@b.test", "a@", "a@b@c", "a b@c.test", "a@b c", "\"a@b.test", "\"a\"b@c.test", "a<b@c",
        "a@b>c", "a,b@c", "a;b@c", "a:b@c", "(a)@c", "a\\b@c", "a@b\r\n", "a\u0000@b", "\"a\r\"@b",
        "a\tb@c", "a\u0085@b", "a@[1.2.3.4", "a@b[1]", "a\u007f@b.test", "\"a\\"
      })
  void refusesWhatIsNoAddress(String address) {
    assertThatThrownBy(() -> Mailbox.parse(address)).isInstanceOf(AddressException.class);
  }

  @Test
  void takesLongReturnAddressesWithinBounds() {
    assertThat(Mailbox.parse("v".repeat(200) + "@b.test").localPart()).hasSize(200);
    assertThatThrownBy(() -> Mailbox.parse("v".repeat(256) + "@b.test"))
        .hasMessageContaining("too long");
    assertThatThrownBy(() -> Mailbox.parse("v@" + "b".repeat(256)))
        .hasMessageContaining("too long");
  }
}
