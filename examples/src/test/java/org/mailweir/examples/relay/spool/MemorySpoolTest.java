package org.mailweir.examples.relay.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MemorySpoolTest extends SpoolContract {
  private final Map<Path, MemorySpool> last = new HashMap<>();

  @Override
  protected Spool open(Path directory) {
    return last.merge(directory, new MemorySpool(), (before, unused) -> before.reopen());
  }

  @Test
  void refusesWhatIsAboveItsCapacity() throws Exception {
    MemorySpool spool = new MemorySpool();
    spool.capacity(5);
    spool.add(Mail.to("Q1", "bob@one.test"), new MemoryBody("123"));
    assertThatExceptionOfType(SpoolException.class)
        .isThrownBy(() -> spool.add(Mail.to("Q2", "bob@one.test"), new MemoryBody("123")))
        .matches(failure -> failure.kind() == SpoolException.Kind.FULL);
    assertThat(spool.totals().room()).isEqualTo(2);
  }
}
