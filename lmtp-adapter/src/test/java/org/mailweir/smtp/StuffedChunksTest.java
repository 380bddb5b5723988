package org.mailweir.smtp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mailweir.message.Body;

class StuffedChunksTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|1|''",
        "a_|1|a_",
        "a_|2|a_",
        "a_|3|a_",
        "a|5|a_",
        "a|1|a_",
        ".|1|.._",
        "._.._|1|.._..._",
        "ab_.c|2|ab_..c_",
      })
  void cutsTheBodyIntoStuffedChunks(String body, int size, String sent) throws IOException {
    // An underscore stands for CRLF, which a cut may be in the middle of.
    List<String> read = new ArrayList<>();
    String text = body.replace("_", "\r\n");
    try (StuffedChunks stuffed = StuffedChunks.of(TestBody.of(text), size)) {
      while (stuffed.next()) {
        read.add(new String(stuffed.bytes(), 0, stuffed.length(), US_ASCII));
      }
    }
    assertThat(String.join("", read)).isEqualTo(sent.replace("_", "\r\n"));
    assertThat(read).hasSize(Math.max(1, (text.length() + size - 1) / size));
  }

  @Test
  void knowsTheLastChunkWhenItComes() throws IOException {
    try (StuffedChunks stuffed = StuffedChunks.of(TestBody.of("abcd"), 2)) {
      assertThat(stuffed.next()).isTrue();
      assertThat(stuffed.isLast()).isFalse();
      assertThat(stuffed.next()).isTrue();
      assertThat(stuffed.isLast()).isTrue();
      assertThat(stuffed.next()).isFalse();
    }
  }

  @Test
  void hasRoomBehindEachChunk() throws IOException {
    try (StuffedChunks stuffed = StuffedChunks.of(TestBody.of("."), 1)) {
      stuffed.next();
      assertThat(stuffed.bytes().length - stuffed.length())
          .isGreaterThanOrEqualTo(StuffedChunks.SPARE);
    }
  }

  @Test
  void tellsThatABodyIsGone() {
    Body body = TestBody.of("abcd");
    body.close();
    assertThatThrownBy(() -> StuffedChunks.of(body, 2))
        .isInstanceOf(StuffedChunks.Unreadable.class);
  }
}
