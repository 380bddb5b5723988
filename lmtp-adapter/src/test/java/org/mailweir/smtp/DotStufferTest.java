package org.mailweir.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DotStufferTest {
  private static String stuff(String text, int chunk) {
    DotStuffer stuffer = new DotStuffer();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    for (int from = 0; from < bytes.length; from += chunk) {
      byte[] in = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + chunk));
      byte[] out = new byte[2 * in.length];
      all.write(out, 0, stuffer.stuff(in, in.length, out));
    }
    assertThat(stuffer.atLineStart()).isEqualTo(text.isEmpty() || text.endsWith("\r\n"));
    return all.toString(StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @CsvSource({
    "'', ''",
    ".~, ..~",
    "..~, ...~",
    "a.~, a.~",
    "a~.~b~, a~..~b~",
    "~.~.~, ~..~..~",
    ".a~.b, ..a~..b"
  })
  void doublesTheDotAtTheStartOfALine(String text, String stuffed) {
    assertThat(stuff(text.replace("~", "\r\n"), 100)).isEqualTo(stuffed.replace("~", "\r\n"));
  }

  @Provide
  Arbitrary<List<String>> pieces() {
    return Arbitraries.of(".", "..", "\r\n", "\n", "\r", "a", "bc", "\u00ff").list().ofMaxSize(40);
  }

  @Property
  void isUndoneByTheReceiverInWhateverChunks(
      @ForAll("pieces") List<String> pieces, @ForAll @IntRange(min = 1, max = 7) int chunk) {
    String text = String.join("", pieces);
    String stuffed = stuff(text, chunk);
    assertThat("\n" + stuffed).doesNotContain("\n.\n", "\n.\r");
    assertThat(("\n" + stuffed).replaceAll("\n\\.", "\n").substring(1)).isEqualTo(text);
  }
}
