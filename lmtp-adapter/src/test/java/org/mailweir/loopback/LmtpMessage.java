package org.mailweir.loopback;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A message to be handed in. The content is not copied: do not change it.
 *
 * @param queueId for XFORWARD IDENT; empty for none
 * @param sender the reverse path, without angle brackets
 * @param recipients at least one, without angle brackets
 * @param content lines that end with CRLF, not dot-stuffed
 */
public record LmtpMessage(String queueId, String sender, List<String> recipients, Content content) {
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

    /** Returns what is sent behind DATA: dot-stuffed, with the final dot and what follows it. */
    byte[] wire(String behind) {
      ByteArrayOutputStream wire = new ByteArrayOutputStream(bytes.length + 64);
      boolean lineStart = true;
      for (byte b : bytes) {
        if (lineStart && b == '.') {
          wire.write('.');
        }
        wire.write(b);
        lineStart = b == '\n';
      }
      wire.writeBytes(((lineStart ? ".\r\n" : "\r\n.\r\n") + behind).getBytes(UTF_8));
      return wire.toByteArray();
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

  /** Returns MAIL, all RCPTs and DATA, with the parameters that these extensions allow. */
  List<String> envelope(Set<String> extensions) {
    List<String> commands = new ArrayList<>();
    StringBuilder mail = new StringBuilder("MAIL FROM:<").append(sender).append('>');
    if (extensions.contains("SIZE")) {
      mail.append(" SIZE=").append(content.bytes().length);
    }
    if (content.eightBit() && extensions.contains("8BITMIME")) {
      mail.append(" BODY=8BITMIME");
    }
    boolean ascii = isAscii(sender) && recipients.stream().allMatch(LmtpMessage::isAscii);
    if (!ascii && extensions.contains("SMTPUTF8")) {
      mail.append(" SMTPUTF8");
    }
    commands.add(mail.toString());
    recipients.forEach(r -> commands.add("RCPT TO:<" + r + ">"));
    commands.add("DATA");
    return commands;
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 128);
  }
}
