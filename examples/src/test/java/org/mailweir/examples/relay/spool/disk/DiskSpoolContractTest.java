package org.mailweir.examples.relay.spool.disk;

import java.nio.file.Path;
import org.mailweir.examples.relay.spool.Spool;
import org.mailweir.examples.relay.spool.SpoolContract;
import org.mailweir.examples.relay.spool.SpoolException;

final class DiskSpoolContractTest extends SpoolContract {
  @Override
  protected Spool open(Path directory) throws SpoolException {
    return DiskSpool.open(directory);
  }
}
