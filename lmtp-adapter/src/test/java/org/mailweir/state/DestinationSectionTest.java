package org.mailweir.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mailweir.admin.FakeGate;
import org.mailweir.core.DestinationMemory;
import org.mailweir.core.DestinationMemory.HandSuspension;
import org.mailweir.core.DestinationMemory.Suspension;
import org.mailweir.core.Standing;
import org.mailweir.message.Destination;

class DestinationSectionTest {
  @Provide
  Arbitrary<DestinationMemory<Destination>> memories() {
    Arbitrary<Duration> times =
        Arbitraries.longs().between(0, 400L * 86_400_000_000_000L).map(Duration::ofNanos);
    Arbitrary<String> words = Arbitraries.strings().ofMaxLength(40);
    Arbitrary<Suspension> suspensions =
        Combinators.combine(times, times, times.optional(), times.optional()).as(Suspension::new);
    Arbitrary<Optional<HandSuspension>> byHand =
        Combinators.combine(times, words).as(HandSuspension::new).optional();
    Arbitrary<Duration> small = times.map(time -> time.dividedBy(1_000_000));
    return Combinators.combine(
            Arbitraries.of("a.test", "xn--nxasmq6b.example", "[192.0.2.1]", "[IPv6:2001:db8::1]"),
            Arbitraries.of(
                Standing.LIVE, Standing.SUSPENDED, Standing.RECOVERING, Standing.SUSPECT),
            times,
            small,
            Arbitraries.doubles().between(1, 10_000),
            words,
            suspensions,
            byHand)
        .as(
            (name, standing, unused, mean, window, cause, suspension, hand) ->
                new DestinationMemory<>(
                    new Destination(name),
                    standing,
                    unused,
                    standing == Standing.SUSPECT ? Optional.empty() : Optional.of(unused),
                    standing == Standing.LIVE,
                    mean,
                    window,
                    cause.length(),
                    cause,
                    cause.length() / 2,
                    standing == Standing.SUSPENDED ? Optional.of(suspension) : Optional.empty(),
                    hand.filter(each -> !each.remaining().isZero())));
  }

  @Property(tries = 200)
  void readsWhatItHasWritten(
      @ForAll("memories") DestinationMemory<Destination> one,
      @ForAll("memories") DestinationMemory<Destination> other)
      throws IOException {
    FakeGate<Destination> before = new FakeGate<>();
    before.memories = List.of(one, other);
    StringWriter text = new StringWriter();
    new DestinationSection(before).write(new JsonWriter(text));
    assertThat(read(text.toString(), Duration.ZERO)).containsExactly(one, other);
  }

  private static List<DestinationMemory<Destination>> read(String text, Duration age)
      throws IOException {
    FakeGate<Destination> gate = new FakeGate<>();
    new DestinationSection(gate).read(new JsonReader(new StringReader(text)), age).run();
    return gate.memories;
  }

  @Test
  void agesWhatItReads() throws IOException {
    DestinationMemory<Destination> read =
        read(
                "[{\"name\":\"a.test\",\"standing\":\"suspended\",\"of a later version\":[1],"
                    + "\"suspended\":{\"since\":\"PT10S\",\"nextProbe\":\"PT1M\"}},"
                    + "{\"name\":\"b.test\",\"standing\":\"new\","
                    + "\"byHand\":{\"remaining\":\"PT20S\"}}]",
                Duration.ofSeconds(20))
            .get(0);
    assertThat(read.suspension().orElseThrow().since()).isEqualTo(Duration.ofSeconds(30));
    assertThat(read.suspension().orElseThrow().nextProbe()).contains(Duration.ofSeconds(40));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[{}]",
        "[{\"name\":\"a b\",\"standing\":\"live\",\"sinceSuccess\":\"PT1S\"}]",
        "[{\"name\":\"a.test\",\"standing\":\"alive\",\"sinceSuccess\":\"PT1S\"}]",
        "[{\"name\":\"a.test\",\"standing\":\"live\"}]",
        "[{\"name\":\"a.test\",\"standing\":\"live\",\"sinceSuccess\":\"1s\"}]",
        "[{\"name\":\"a.test\",\"standing\":\"live\",\"sinceSuccess\":\"PT-1S\"}]",
        "[{\"name\":\"a.test\",\"standing\":\"live\",\"sinceSuccess\":\"PT1S\",\"window\":0}]",
        "[{\"name\":\"a.test\",\"standing\":\"live\",\"sinceSuccess\":\"PT1S\",\"failures\":-1}]",
        "[{\"name\":\"a.test\",\"standing\":\"suspended\"}]",
        "[{\"name\":\"a.test\",\"standing\":\"new\"}]"
      })
  void refusesWhatNoGateCouldKnow(String text) {
    assertThatThrownBy(() -> read(text, Duration.ZERO))
        .satisfiesAnyOf(
            thrown -> assertThat(thrown).isInstanceOf(IOException.class),
            thrown -> assertThat(thrown).isInstanceOf(RuntimeException.class));
  }
}
