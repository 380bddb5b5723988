package org.mailweir.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StsPolicyTest {
  @Test
  void readsAPolicy() {
    String text =
        "version: STSv1\r\nmode: enforce\r\nmx: Mail.Example.com.\r\nmx: *.example.net\r\n"
            + "max_age: 604800\r\nfuture: what\r\n";
    assertThat(StsPolicy.parse(text))
        .contains(
            new StsPolicy(
                StsPolicy.Mode.ENFORCE,
                List.of("mail.example.com", "*.example.net"),
                Duration.ofDays(7)));
  }

  @Test
  void readsThePolicyOfAChatmailRelay() {
    String text = "version: STSv1\nmode: enforce\nmx: chat.example.org\nmax_age: 2419200";
    assertThat(StsPolicy.parse(text).map(policy -> policy.names("chat.example.org")))
        .contains(true);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "mode: enforce|mx: a.test|max_age: 1",
        "version: STSv2|mode: enforce|mx: a.test|max_age: 1",
        "version: STSv1|mx: a.test|max_age: 1",
        "version: STSv1|mode: strict|mx: a.test|max_age: 1",
        "version: STSv1|mode: enforce|max_age: 1",
        "version: STSv1|mode: enforce|mx: a.test",
        "version: STSv1|mode: enforce|mx: a.test|max_age: -1",
        "version: STSv1|mode: enforce|mx: a.test|max_age: 99999999999",
        "<html>version: STSv1"
      })
  void takesNothingElseForAPolicy(String lines) {
    assertThat(StsPolicy.parse(lines.replace('|', '\n'))).isEmpty();
  }

  @Test
  void keepsNoPolicyForMoreThanAYearAndNoneWithEndlessExchangers() {
    String year = "version: STSv1\nmode: none\nmax_age: 9999999999\n";
    assertThat(StsPolicy.parse(year).map(StsPolicy::maxAge))
        .contains(Duration.ofSeconds(31_557_600));
    String many = "version: STSv1\nmode: enforce\nmax_age: 1\n" + "mx: a.test\n".repeat(201);
    assertThat(StsPolicy.parse(many)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "mail.example.com, true",
    "MAIL.example.com., true",
    "a.example.net, true",
    "a.b.example.net, false",
    "example.net, false",
    "mail.example.com.evil.test, false",
    "net, false"
  })
  void aWildcardStandsForOneLabel(String exchanger, boolean named) {
    StsPolicy policy =
        new StsPolicy(
            StsPolicy.Mode.ENFORCE, List.of("mail.example.com", "*.example.net"), Duration.ZERO);
    assertThat(policy.names(exchanger)).isEqualTo(named);
  }

  @ParameterizedTest
  @CsvSource({
    "v=STSv1; id=20160831085700Z;, 20160831085700Z",
    "'v=STSv1;id=a', a",
    "'v=STSv1 ; extra=1; id=b ', b",
    "'x=1|v=STSv1; id=c', c",
    "'v=STSv1; id=d|v=STSv1; id=d',",
    "v=STSv1,",
    "v=STSv1;,",
    "v=STSv12; id=e,",
    "'v=STSv1; id=has space',",
    "'v=STSv1; id=012345678901234567890123456789012',",
    "'id=f; v=STSv1',"
  })
  void readsTheIdOfTheOneRecordThatThereMayBe(String texts, String id) {
    assertThat(StsRecord.id(Arrays.asList(texts.split("\\|")))).isEqualTo(Optional.ofNullable(id));
  }

  @Property(tries = 300)
  void neverFailsWhateverAServerSends(@ForAll String text) {
    StsPolicy.parse(text);
    StsRecord.id(List.of(text, "v=STSv1;" + text));
  }
}
