package org.mailweir.stores;

import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.LongDataType;

/** H2's MVStore: one file of chunks; a commit is on the disk after {@code sync()}. */
final class MvStore implements Store {
  private final MVStore store;
  private final MVMap<Long, byte[]> entries;
  private final MVMap<Long, byte[]> bodies;
  private final GroupCommit commits;

  MvStore(Path directory) {
    store =
        new MVStore.Builder()
            .fileName(directory.resolve("spool.mv").toString())
            .autoCommitDisabled()
            .cacheSize(32)
            .open();
    entries = store.openMap("entry", longToBytes());
    bodies = store.openMap("body", longToBytes());
    commits =
        new GroupCommit(
            () -> {
              store.commit();
              store.sync();
            });
  }

  private static MVMap.Builder<Long, byte[]> longToBytes() {
    return new MVMap.Builder<Long, byte[]>()
        .keyType(LongDataType.INSTANCE)
        .valueType(ByteArrayDataType.INSTANCE);
  }

  @Override
  public void add(long id, byte[] envelope, byte[] body) throws Exception {
    commits.run(
        () -> {
          entries.put(id, envelope);
          if (body.length > 0) {
            bodies.put(id, body);
          }
        });
  }

  @Override
  public void defer(long id, byte[] envelope) throws Exception {
    commits.run(() -> entries.put(id, envelope));
  }

  @Override
  public void remove(long id) throws Exception {
    commits.run(
        () -> {
          entries.remove(id);
          bodies.remove(id);
        });
  }

  @Override
  public void scan(LongConsumer action) {
    entries
        .entrySet()
        .forEach(
            each -> {
              if (each.getValue().length > 0) {
                action.accept(each.getKey());
              }
            });
  }

  @Override
  public void close() {
    store.close();
  }
}
