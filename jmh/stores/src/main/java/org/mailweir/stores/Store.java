package org.mailweir.stores;

import java.util.function.LongConsumer;

/** A store of messages, as thin as it can be. What a method has returned from is on the disk. */
interface Store extends AutoCloseable {
  void add(long id, byte[] envelope, byte[] body) throws Exception;

  /** Writes the envelope anew, as after an attempt that was deferred. */
  void defer(long id, byte[] envelope) throws Exception;

  void remove(long id) throws Exception;

  /** Reads every envelope, as at a start. */
  void scan(LongConsumer action) throws Exception;

  @Override
  void close() throws Exception;
}
