package org.mailweir.examples.relay.spool.disk;

import java.util.zip.CRC32C;

/** CRC-32C of bytes. */
final class Checksum {
  private final CRC32C crc = new CRC32C();

  static int of(byte[] bytes) {
    Checksum checksum = new Checksum();
    checksum.update(bytes, 0, bytes.length);
    return checksum.value();
  }

  void update(byte[] bytes, int offset, int length) {
    crc.update(bytes, offset, length);
  }

  int value() {
    return (int) crc.getValue();
  }
}
