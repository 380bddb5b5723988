package org.mailweir.stores;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * RocksDB with {@code WriteOptions.sync}: it groups the commits by itself. Bodies from 1 KB on are
 * in its blob files.
 */
final class RocksStore implements Store {
  static {
    RocksDB.loadLibrary();
  }

  private final RocksDB db;
  private final ColumnFamilyHandle entries;
  private final ColumnFamilyHandle bodies;
  private final WriteOptions synced = new WriteOptions().setSync(true);

  RocksStore(Path directory) throws RocksDBException {
    ColumnFamilyOptions small = new ColumnFamilyOptions();
    ColumnFamilyOptions blobs =
        new ColumnFamilyOptions()
            .setEnableBlobFiles(true)
            .setMinBlobSize(1024)
            .setEnableBlobGarbageCollection(true);
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    DBOptions options =
        new DBOptions().setCreateIfMissing(true).setCreateMissingColumnFamilies(true);
    db =
        RocksDB.open(
            options,
            directory.resolve("rocks").toString(),
            List.of(
                new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, small),
                new ColumnFamilyDescriptor(new byte[] {'b'}, blobs)),
            handles);
    entries = handles.get(0);
    bodies = handles.get(1);
  }

  private static byte[] key(long id) {
    return ByteBuffer.allocate(Long.BYTES).putLong(id).array();
  }

  @Override
  public void add(long id, byte[] envelope, byte[] body) throws RocksDBException {
    try (WriteBatch batch = new WriteBatch()) {
      batch.put(entries, key(id), envelope);
      if (body.length > 0) {
        batch.put(bodies, key(id), body);
      }
      db.write(synced, batch);
    }
  }

  @Override
  public void defer(long id, byte[] envelope) throws RocksDBException {
    db.put(entries, synced, key(id), envelope);
  }

  @Override
  public void remove(long id) throws RocksDBException {
    try (WriteBatch batch = new WriteBatch()) {
      batch.delete(entries, key(id));
      batch.delete(bodies, key(id));
      db.write(synced, batch);
    }
  }

  @Override
  public void scan(LongConsumer action) {
    try (RocksIterator rows = db.newIterator(entries)) {
      for (rows.seekToFirst(); rows.isValid(); rows.next()) {
        if (rows.value().length > 0) {
          action.accept(ByteBuffer.wrap(rows.key()).getLong());
        }
      }
    }
  }

  @Override
  public void close() {
    entries.close();
    bodies.close();
    db.close();
  }
}
