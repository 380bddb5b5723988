package org.mailweir.lmtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DotReaderTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ".^                 | ''",
        "^.^                | ^",
        "a^.^               | a^",
        "..^.^              | .^",
        "...^.^             | ..^",
        ".a^.^              | a^",
        "a.^.^              | a.^",
        "a^..b^..^.^        | a^.b^.^",
        "a^^^.^             | a^^^",
      })
  void takesStuffingOutUpToTheDot(String given, String expected) {
    DotReader dots = new DotReader();
    assertThat(feed(dots, wire(given), Integer.MAX_VALUE)).isEqualTo(wire(expected));
    assertThat(dots.atEnd()).isTrue();
    assertThat(dots.hasBareLineEnd()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\n.\r\n",
        "a\n.\n",
        "a\r.\r",
        "a\r.\r\n",
        "a\r\n.\n",
        "a\r\n.\r",
        "a\r\r.\r\n",
        ".\n",
        "\n",
        "\r.\r\n",
        "a\r\n.\rb\r\n",
        "a\n\r.\r\n",
        "a\r\n..\n"
      })
  void neverEndsAtAnythingButTheProperDot(String given) {
    DotReader dots = new DotReader();
    feed(dots, given, Integer.MAX_VALUE);
    assertThat(dots.atEnd()).isFalse();
    feed(dots, "x\r\n.\r\n", Integer.MAX_VALUE);
    assertThat(dots.atEnd()).isTrue();
    assertThat(dots.hasBareLineEnd()).isTrue();
  }

  @Test
  void leavesWhatFollowsTheDot() {
    DotReader dots = new DotReader();
    byte[] bytes = "a\r\n.\r\nQUIT\r\n".getBytes(ISO_8859_1);
    assertThat(dots.read(bytes, 0, bytes.length)).isEqualTo(6);
    assertThat(dots.contentEnd()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({"a, false", "\u007f, false", "\u0080, true", "\u00ff, true"})
  void seesEightBits(String content, boolean eightBit) {
    DotReader dots = new DotReader();
    feed(dots, content + "\r\n.\r\n", 1);
    assertThat(dots.eightBit()).isEqualTo(eightBit);
  }

  @Property
  void givesBackStuffedContentInWhateverPieces(
      @ForAll("contents") String content, @ForAll @IntRange(min = 1, max = 40) int piece) {
    DotReader dots = new DotReader();
    assertThat(feed(dots, stuffed(content) + ".\r\n", piece)).isEqualTo(content);
    assertThat(dots.atEnd()).isTrue();
    assertThat(dots.hasBareLineEnd()).isFalse();
  }

  @Property(tries = 3000)
  void agreesWithAPlainReadingOfTheStandard(
      @ForAll("noise") String noise, @ForAll @IntRange(min = 1, max = 7) int piece) {
    String all = noise + "\r\n.\r\n";
    // The content begins at a line start, so a CRLF put before it changes nothing of the end.
    int end = ("\r\n" + all).indexOf("\r\n.\r\n") + 3;
    boolean bare =
        all.substring(0, end).replace("\r\n", "").chars().anyMatch(c -> c == '\r' || c == '\n');
    DotReader dots = new DotReader();
    byte[] bytes = all.getBytes(ISO_8859_1);
    int used = 0;
    for (int at = 0; at < bytes.length && !dots.atEnd(); at += piece) {
      used = dots.read(bytes, at, Math.min(bytes.length, at + piece));
    }
    assertThat(dots.atEnd()).isTrue();
    assertThat(used).isEqualTo(end);
    assertThat(dots.hasBareLineEnd()).isEqualTo(bare);
  }

  @Provide
  Arbitrary<String> contents() {
    return Arbitraries.of("\r\n", ".", "..", "a", "\u0000", "\u00e9", "long line ".repeat(9))
        .list()
        .ofMaxSize(60)
        .map(parts -> parts.isEmpty() ? "" : String.join("", parts) + "\r\n");
  }

  @Provide
  Arbitrary<String> noise() {
    return Arbitraries.of('\r', '\n', '.', 'a').list().ofMaxSize(14).map(DotReaderTest::join);
  }

  private static String join(List<Character> characters) {
    StringBuilder joined = new StringBuilder();
    characters.forEach(joined::append);
    return joined.toString();
  }

  private static String stuffed(String content) {
    return ("\r\n" + content).replace("\r\n.", "\r\n..").substring(2);
  }

  private static String wire(String readable) {
    return readable.replace("^", "\r\n");
  }

  private static String feed(DotReader dots, String text, int piece) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (int at = 0; at < bytes.length && !dots.atEnd(); at += piece) {
      int to = (int) Math.min(bytes.length, (long) at + piece);
      dots.read(bytes, at, to);
      content.write(bytes, at, dots.contentEnd() - at);
      if (piece == Integer.MAX_VALUE) {
        break;
      }
    }
    return content.toString(ISO_8859_1);
  }
}
