package org.mailweir.loopback;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/**
 * A message to be handed in. The content is not copied: do not change it.
 *
 * @param queueId for XFORWARD IDENT; empty for none
 * @param sender the reverse path, without angle brackets
 * @param recipients at least one, without angle brackets
 * @param content lines that end with CRLF, not dot-stuffed
 */
public record LmtpMessage(
    String queueId, String sender, List<String> recipients, Content content) {
  /** Bytes, compared by identity. */
  public static final class Content {
    private final byte[] bytes;
    private final boolean eightBit;

    private Content(byte[] bytes) {
      this.bytes = bytes;
      boolean high = false;
      for (byte b : bytes) {
        high |= b < 0;
      }
      this.eightBit = high;
    }

    /** Wraps bytes. */
    public static Content of(byte[] bytes) {
      return new Content(bytes);
    }

    /** Encodes text in UTF-8, with LF made CRLF. */
    public static Content of(String text) {
      return new Content(text.replace("\n", "\r\n").getBytes(UTF_8));
    }

    /** Returns the bytes themselves. */
    public byte[] bytes() {
      return bytes;
    }

    /** Returns whether any byte is above 127. */
    public boolean eightBit() {
      return eightBit;
    }
  }

  /** Copies the recipients. */
  public LmtpMessage {
    recipients = List.copyOf(recipients);
    if (recipients.isEmpty()) {
      throw new IllegalArgumentException("no recipient");
    }
  }

  /** Returns a message without a queue id, from a sender at sender.test. */
  public static LmtpMessage to(String recipient, Content content) {
    return new LmtpMessage("", "sender@sender.test", List.of(recipient), content);
  }

  /** Returns the same message with a queue id. */
  public LmtpMessage withQueueId(String value) {
    return new LmtpMessage(value, sender, recipients, content);
  }

  /** Returns the same message to these recipients only. */
  public LmtpMessage withRecipients(List<String> value) {
    return new LmtpMessage(queueId, sender, value, content);
  }
}
