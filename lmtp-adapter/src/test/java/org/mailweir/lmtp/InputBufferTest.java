package org.mailweir.lmtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class InputBufferTest {
  @Test
  void holdsNoMoreThanItsLimit() {
    InputBuffer buffer = new InputBuffer();
    byte[] much = new byte[InputBuffer.MAX + 1];
    assertThat(buffer.add(much, 0, much.length)).isEqualTo(InputBuffer.MAX);
    assertThat(buffer.makeRoom()).isZero();
    buffer.usedTo(buffer.start() + 1);
    assertThat(buffer.makeRoom()).isEqualTo(1);
  }

  @Test
  void growsWhenAReadFillsIt() {
    InputBuffer buffer = new InputBuffer();
    int room = buffer.makeRoom();
    buffer.filled(room);
    buffer.usedTo(buffer.end());
    assertThat(buffer.makeRoom()).isGreaterThan(room);
  }

  @Property
  void givesBackInOrderWhatWasPutIn(
      @ForAll @Size(max = 60) List<@IntRange(min = 1, max = 9000) Integer> steps) {
    InputBuffer buffer = new InputBuffer();
    ByteArrayOutputStream in = new ByteArrayOutputStream();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int step : steps) {
      byte[] piece = new byte[step];
      for (int i = 0; i < step; i++) {
        piece[i] = (byte) (in.size() + i);
      }
      in.write(piece, 0, buffer.add(piece, 0, step));
      int used = Math.min(buffer.size(), step * 2 / 3);
      out.write(buffer.array(), buffer.start(), used);
      buffer.usedTo(buffer.start() + used);
    }
    out.write(buffer.array(), buffer.start(), buffer.size());
    assertThat(out.toByteArray()).isEqualTo(in.toByteArray());
  }
}
