package org.mailweir.lmtp;

import java.util.Optional;
import org.mailweir.message.BodyWriter;
import org.mailweir.message.Reply;

/**
 * Receives the content of one message. Content that will not be delivered is swallowed up to its
 * final dot, so that the connection stays in step.
 *
 * <p>Thread safety: none.
 */
final class BodyReceiver {
  private final BodyWriter writer;
  private final long maxSize;
  private final DotReader dots = new DotReader();
  private long size;
  private boolean full;

  BodyReceiver(BodyWriter writer, long maxSize) {
    this.writer = writer;
    this.maxSize = maxSize;
  }

  /** Takes all content that there is, and returns whether the final dot was among it. */
  boolean takeFrom(InputBuffer input) {
    if (input.isEmpty()) {
      return false;
    }
    byte[] bytes = input.array();
    int from = input.start();
    int used = dots.read(bytes, from, input.end());
    int length = dots.contentEnd() - from;
    size += length;
    if (size > maxSize || dots.hasBareLineEnd()) {
      writer.close();
    } else {
      full |= length > 0 && !writer.write(bytes, from, length);
    }
    input.usedTo(used);
    if (dots.atEnd() && dots.eightBit()) {
      writer.markEightBit();
    }
    return dots.atEnd();
  }

  /** Returns the reply for each recipient if the message cannot be delivered. */
  Optional<Reply> refusal() {
    if (dots.hasBareLineEnd()) {
      return Optional.of(Replies.BARE_LINE_END);
    }
    if (size > maxSize) {
      return Optional.of(Replies.TOO_LARGE);
    }
    return full ? Optional.of(Replies.NO_ROOM) : Optional.empty();
  }
}
