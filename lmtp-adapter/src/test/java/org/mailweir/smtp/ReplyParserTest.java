package org.mailweir.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyParserTest {
  private static List<RemoteReply> parse(String text) throws BadReply {
    ReplyParser parser = new ReplyParser();
    List<RemoteReply> replies = new ArrayList<>();
    for (byte b : text.getBytes(StandardCharsets.ISO_8859_1)) {
      parser.accept(b).ifPresent(replies::add);
    }
    return replies;
  }

  private static RemoteReply one(String text) throws BadReply {
    List<RemoteReply> replies = parse(text);
    assertThat(replies).hasSize(1);
    return replies.get(0);
  }

  @Test
  void readsOneLine() throws BadReply {
    assertThat(one("250 2.1.5 ok\r\n")).isEqualTo(new RemoteReply(250, List.of("2.1.5 ok")));
  }

  @Test
  void readsSeveralLinesAsOneReply() throws BadReply {
    assertThat(one("250-a\r\n250-b\r\n250 c\r\n").lines()).containsExactly("a", "b", "c");
  }

  @Test
  void readsSeveralRepliesOfOnePacket() throws BadReply {
    assertThat(parse("250 a\r\n550-b\r\n550 c\r\n354 d\r\n"))
        .extracting(RemoteReply::code)
        .containsExactly(250, 550, 354);
  }

  @Test
  void waitsForTheEndOfTheLine() throws BadReply {
    assertThat(parse("250 ok\r")).isEmpty();
  }

  @Test
  void acceptsBareLfAsLineEnd() throws BadReply {
    assertThat(one("250-a\n250 b\n").lines()).containsExactly("a", "b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"250\r\n", "250 \r\n"})
  void acceptsReplyWithoutText(String text) throws BadReply {
    assertThat(one(text)).isEqualTo(new RemoteReply(250, List.of("")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hello\r\n",
        "\r\n",
        "25\r\n",
        "2500 x\r\n",
        "250_x\r\n",
        "650 x\r\n",
        "050 x\r\n",
        " 250 x\r\n",
        "-250 x\r\n",
        "250-a\r\n550 b\r\n",
        "250-a\r\nb\r\n",
        "HTTP/1.1 400 Bad Request\r\n"
      })
  void refusesWhatIsNoReply(String text) {
    assertThatThrownBy(() -> parse(text)).isInstanceOf(BadReply.class);
  }

  @Test
  void refusesEndlessLine() {
    assertThatThrownBy(() -> parse("250 " + "x".repeat(ReplyParser.MAX_LINE)))
        .isInstanceOf(BadReply.class);
  }

  @Test
  void refusesEndlessLines() {
    assertThatThrownBy(() -> parse("250-x\r\n".repeat(ReplyParser.MAX_LINES + 1)))
        .isInstanceOf(BadReply.class);
  }

  @Test
  void keepsTheStartOfALongLine() throws BadReply {
    assertThat(one("250 " + "x".repeat(4000) + "\r\n").lines().get(0)).hasSize(ReplyParser.KEPT);
  }

  @Test
  void keepsPrintableAsciiOnly() throws BadReply {
    assertThat(one("550 a\0b\u001bc\u00e9d\re\tf\r\n").lines()).containsExactly("a?b?c?d?e f");
  }

  @Property
  void neverLetsAnythingElseThanItsLimitsThrough(@ForAll byte[] bytes) {
    ReplyParser parser = new ReplyParser();
    try {
      for (byte b : bytes) {
        parser
            .accept(b)
            .ifPresent(
                reply -> {
                  assertThat(reply.code()).isBetween(100, 599);
                  assertThat(reply.lines())
                      .allMatch(line -> line.length() <= ReplyParser.KEPT)
                      .allMatch(line -> line.chars().allMatch(c -> c >= ' ' && c < 127));
                });
      }
    } catch (BadReply refused) {
      assertThat(refused).hasMessageMatching("[ -~]{1,200}");
    }
  }
}
