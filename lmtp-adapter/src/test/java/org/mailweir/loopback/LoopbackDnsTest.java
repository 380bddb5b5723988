package org.mailweir.loopback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

@Timeout(60)
class LoopbackDnsTest {
  private final DnsTable table = new DnsTable();

  @Test
  void answersWithTheExchangersAndTheirAddresses() throws IOException {
    table.mail("two.test", InetAddress.getByName("127.1.1.1"), InetAddress.getByName("::1"));
    try (LoopbackDns dns = LoopbackDns.serving(table)) {
      List<Record> exchangers = ask(dns, "two.test", Type.MX).getSection(Section.ANSWER);
      assertThat(exchangers)
          .extracting(r -> ((MXRecord) r).getPriority() + " " + ((MXRecord) r).getTarget())
          .containsExactly("10 mx1.two.test.", "20 mx2.two.test.");
      assertThat(ask(dns, "MX1.Two.Test", Type.A).getSection(Section.ANSWER))
          .extracting(r -> ((ARecord) r).getAddress().getHostAddress())
          .containsExactly("127.1.1.1");
      assertThat(ask(dns, "mx2.two.test", Type.AAAA).getSection(Section.ANSWER)).hasSize(1);
      assertThat(ask(dns, "mx2.two.test", Type.A).getSection(Section.ANSWER)).isEmpty();
      assertThat(dns.queries()).isEqualTo(4);
    }
  }

  @Test
  void tellsNoSuchNameFromNoSuchRecordAndFromFailure() throws IOException {
    table.host("host.test", InetAddress.getLoopbackAddress()).failing("broken.test");
    try (LoopbackDns dns = LoopbackDns.serving(table)) {
      Message noRecord = ask(dns, "host.test", Type.MX);
      assertThat(noRecord.getRcode()).isEqualTo(Rcode.NOERROR);
      assertThat(noRecord.getSection(Section.ANSWER)).isEmpty();
      assertThat(noRecord.getSection(Section.AUTHORITY)).hasSize(1);
      assertThat(ask(dns, "nobody.test", Type.MX).getRcode()).isEqualTo(Rcode.NXDOMAIN);
      assertThat(ask(dns, "broken.test", Type.MX).getRcode()).isEqualTo(Rcode.SERVFAIL);
    }
  }

  @Test
  void knowsDomainsThatTakeNoMail() throws IOException {
    table.nullMx("null.test");
    try (LoopbackDns dns = LoopbackDns.serving(table)) {
      MXRecord only = (MXRecord) ask(dns, "null.test", Type.MX).getSection(Section.ANSWER).get(0);
      assertThat(only.getPriority()).isZero();
      assertThat(only.getTarget()).isEqualTo(Name.root);
    }
  }

  @Test
  void staysSilentWhereToldToAndAnswersTheNextQuestion() throws IOException {
    table.silent("silent.test").nullMx("null.test");
    try (LoopbackDns dns = LoopbackDns.serving(table)) {
      SimpleResolver impatient = new SimpleResolver(dns.address());
      impatient.setTimeout(Duration.ofMillis(100));
      assertThatThrownBy(() -> impatient.send(query("silent.test", Type.MX)))
          .isInstanceOf(IOException.class);
      assertThat(ask(dns, "null.test", Type.MX).getRcode()).isEqualTo(Rcode.NOERROR);
      assertThat(dns.queries()).isEqualTo(2);
    }
  }

  @Test
  void truncatesWhatDoesNotFitADatagramAndGivesItOverTcp() throws IOException {
    String[] hosts =
        IntStream.range(0, 200).mapToObj(i -> "host" + i + ".big.test").toArray(String[]::new);
    table.exchangers("big.test", 10, hosts);
    try (LoopbackDns dns = LoopbackDns.serving(table)) {
      assertThat(ask(dns, "big.test", Type.MX).getSection(Section.ANSWER)).hasSize(200);
      assertThat(dns.queries()).isEqualTo(2);
      assertThat(dns.tcpQueries()).isEqualTo(1);
    }
  }

  @Test
  void servesAnswersThatFollowFromTheName() throws IOException {
    InetAddress address = InetAddress.getByName("127.1.2.3");
    DnsZone zone =
        (name, type) ->
            type == Type.A
                ? DnsTable.records(new ARecord(name, DClass.IN, 60, address))
                : DnsTable.records();
    try (LoopbackDns dns = LoopbackDns.serving(zone)) {
      for (int i = 0; i < 1000; i++) {
        assertThat(ask(dns, "d" + i + ".test", Type.A).getSection(Section.ANSWER)).hasSize(1);
      }
    }
  }

  private static Message ask(LoopbackDns dns, String name, int type) throws IOException {
    SimpleResolver resolver = new SimpleResolver(dns.address());
    resolver.setTimeout(Duration.ofSeconds(20));
    return resolver.send(query(name, type));
  }

  private static Message query(String name, int type) throws IOException {
    return Message.newQuery(Record.newRecord(Name.fromString(name, Name.root), type, DClass.IN));
  }
}
