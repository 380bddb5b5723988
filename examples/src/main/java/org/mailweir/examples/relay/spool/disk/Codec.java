package org.mailweir.examples.relay.spool.disk;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.mailweir.examples.relay.spool.Accepted;
import org.mailweir.examples.relay.spool.Pending;
import org.mailweir.message.Destination;
import org.mailweir.message.MailDsn;
import org.mailweir.message.RcptDsn;
import org.mailweir.message.Recipient;
import org.mailweir.message.Sender;

/** Writes envelopes and recipients as bytes, with a checksum at the end of them. */
final class Codec {
  /** Far above any envelope: 50,000 recipients have less than 40 MB. */
  static final int LIMIT = 64 << 20;

  private interface Writer {
    void write(DataOutputStream out) throws IOException;
  }

  private interface Reader<T> {
    T read(DataInputStream in) throws IOException;
  }

  private Codec() {}

  static byte[] encode(Accepted message) {
    return bytes(
        out -> {
          text(out, message.queueId());
          sender(out, message.sender());
          instant(out, message.arrived());
          instant(out, message.expires());
          out.writeInt(message.recipients().size());
          for (Recipient each : message.recipients()) {
            text(out, each.destination().name());
            recipient(out, each);
          }
        });
  }

  static Accepted decodeMessage(byte[] bytes) throws DamagedException {
    return read(
        bytes,
        "envelope",
        in -> {
          String queueId = text(in);
          Sender sender = sender(in);
          Instant arrived = instant(in);
          Instant expires = instant(in);
          int count = in.readInt();
          List<Recipient> recipients = new ArrayList<>();
          for (int i = 0; i < count; i++) {
            recipients.add(recipient(in, new Destination(text(in))));
          }
          return new Accepted(queueId, sender, recipients, arrived, expires);
        });
  }

  static byte[] encode(Sender sender) {
    return bytes(out -> sender(out, sender));
  }

  static Sender decodeSender(byte[] bytes) throws DamagedException {
    return read(bytes, "sender", Codec::sender);
  }

  static byte[] encode(List<Pending> pending) {
    return bytes(
        out -> {
          out.writeInt(pending.size());
          for (Pending each : pending) {
            recipient(out, each.recipient());
            text(out, each.lastReply());
          }
        });
  }

  static List<Pending> decodePending(byte[] bytes, Destination destination)
      throws DamagedException {
    return read(
        bytes,
        "recipients",
        in -> {
          int count = in.readInt();
          List<Pending> pending = new ArrayList<>();
          for (int i = 0; i < count; i++) {
            Recipient recipient = recipient(in, destination);
            pending.add(new Pending(recipient, text(in)));
          }
          return pending;
        });
  }

  private static byte[] bytes(Writer writer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      writer.write(out);
      out.writeInt(Checksum.of(bytes.toByteArray()));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  private static <T> T read(byte[] bytes, String what, Reader<T> reader) throws DamagedException {
    int length = bytes.length - Integer.BYTES;
    if (length < 0) {
      throw new DamagedException("its " + what + " are cut off");
    }
    byte[] content = Arrays.copyOf(bytes, length);
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(content));
        DataInputStream end =
            new DataInputStream(new ByteArrayInputStream(bytes, length, Integer.BYTES))) {
      if (end.readInt() != Checksum.of(content)) {
        throw new DamagedException("the checksum of its " + what + " is wrong");
      }
      return reader.read(in);
    } catch (IOException | IllegalArgumentException malformed) {
      throw new DamagedException("its " + what + " are malformed");
    }
  }

  private static void sender(DataOutputStream out, Sender sender) throws IOException {
    text(out, sender.address());
    out.writeLong(sender.declaredSize());
    out.writeBoolean(sender.eightBit());
    out.writeBoolean(sender.utf8());
    text(out, sender.dsn().ret());
    text(out, sender.dsn().envid());
  }

  private static Sender sender(DataInputStream in) throws IOException {
    return new Sender(
        text(in),
        in.readLong(),
        in.readBoolean(),
        in.readBoolean(),
        new MailDsn(text(in), text(in)));
  }

  private static void recipient(DataOutputStream out, Recipient recipient) throws IOException {
    text(out, recipient.address());
    text(out, recipient.dsn().events());
    text(out, recipient.dsn().orcpt());
  }

  private static Recipient recipient(DataInputStream in, Destination destination)
      throws IOException {
    return new Recipient(text(in), destination, new RcptDsn(text(in), text(in)));
  }

  private static void instant(DataOutputStream out, Instant instant) throws IOException {
    out.writeLong(instant.toEpochMilli());
  }

  private static Instant instant(DataInputStream in) throws IOException {
    return Instant.ofEpochMilli(in.readLong());
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String text(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IOException("a text that is longer than all");
    }
    return new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }
}
