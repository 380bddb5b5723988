package org.mailweir.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mailweir.dns.MailExchangers.Host;
import org.mailweir.site.HostSet;

/** What is known of an address while attempts at it hang. */
class AddressBookTest {
  private long now = Long.MAX_VALUE - 5;
  private final AddressBook book = new AddressBook(Duration.ofMinutes(10), () -> now);
  private final Host a = host("mx.a.test", 1);
  private final Host b = host("mx.b.test", 1);
  private final Host backup = host("mx2.b.test", 2);

  private static Host host(String name, int last) {
    try {
      return new Host(name, InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last}));
    } catch (UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private AddressBook.Attempt trying(Host host) {
    return book.trying(HostSet.of(List.of(host)), new Peer(host, 25));
  }

  private void advance(Duration time) {
    now += time.toNanos();
  }

  @Test
  void anAttemptThatHangsSpeaksForOtherNamesOfItsAddress() {
    trying(a);
    advance(AddressBook.HANGS.minusNanos(1));
    assertThat(book.hopeless(List.of(b))).isEmpty();
    advance(Duration.ofNanos(1));
    assertThat(book.hopeless(List.of(b)).orElseThrow().text())
        .startsWith("connect to mx.a.test[127.0.0.1] port 25: no answer for 8 s");
    assertThat(book.hopeless(List.of(a))).as("for the gate to decide").isEmpty();
    assertThat(book.hopeless(List.of(b, backup))).as("another address").isEmpty();
    assertThat(book.ordered(List.of(b, backup))).containsExactly(backup, b);
  }

  @Test
  void itSaysNothingOnceItHasEnded() {
    AddressBook.Attempt first = trying(a);
    advance(AddressBook.HANGS);
    AddressBook.Attempt second = trying(a);
    first.close();
    assertThat(book.hopeless(List.of(b))).as("the second one is young").isEmpty();
    advance(AddressBook.HANGS);
    assertThat(book.hopeless(List.of(b))).isPresent();
    second.close();
    assertThat(book.hopeless(List.of(b))).isEmpty();
  }

  @Test
  void itSaysNothingOfAnAddressThatWasReadyOfLate() {
    trying(a);
    advance(AddressBook.HANGS);
    book.ready(HostSet.of(List.of(backup)), b.address());
    assertThat(book.hopeless(List.of(b))).isEmpty();
  }
}
