package org.mailweir.examples.relay.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mailweir.examples.relay.spool.MemoryBody;

class HopsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0|''",
        "0|\\r\\n",
        "1|Received: x\\r\\n",
        "1|RECEIVED: x\\r\\n\\r\\n",
        "1|received \\t: x\\r\\n\\r\\n",
        "2|Received: x\\r\\nSubject: y\\r\\nReceived:\\r\\n\\r\\n",
        "1|Received: x\\r\\n\\r\\nReceived: in the body\\r\\n",
        "0|\\r\\nReceived: in the body\\r\\n",
        "0|Subject: x\\r\\n Received: folded\\r\\n\\r\\n",
        "0|X-Received: x\\r\\nReceived-SPF: x\\r\\nReceivedx: x\\r\\nReceive: x\\r\\n\\r\\n",
        "0|Received x: y\\r\\n\\r\\n",
        "1|Received: without an end",
      })
  void countsTheHeaderFieldsAlone(int hops, String text) throws IOException {
    assertThat(count(text.replace("\\r\\n", "\r\n").replace("\\t", "\t"))).isEqualTo(hops);
  }

  @Test
  void countsAcrossTheEdgesOfItsBuffer() throws IOException {
    String line = "Received: " + "x".repeat(67) + "\r\n"; // 79 bytes, prime to the buffer's
    assertThat(count(line.repeat(400) + "\r\n")).isEqualTo(400);
  }

  @Test
  void readsNoMoreThanAMegabyte() throws IOException {
    String line = "X: " + "x".repeat(59) + "\r\n";
    String header = line.repeat((1 << 20) / line.length()) + "Received: too far\r\n";
    assertThat(count(header)).isZero();
    assertThat(count(header.substring(line.length() * 2))).isEqualTo(1);
  }

  private static int count(String text) throws IOException {
    return Hops.count(new MemoryBody(text));
  }
}
