package org.mailweir.stores;

import java.nio.file.Files;
import java.nio.file.Path;

/** What is compared. */
enum Candidate {
  SQLITE("SQLite, bodies inside") {
    @Override
    Store open(Path directory) throws Exception {
      return new SqliteStore(directory);
    }
  },
  SQLITE_FILES("SQLite, bodies in files") {
    @Override
    Store open(Path directory) throws Exception {
      return new BodiesInFiles(new SqliteStore(directory), directory.resolve("bodies"));
    }
  },
  MVSTORE("MVStore, bodies inside") {
    @Override
    Store open(Path directory) {
      return new MvStore(directory);
    }
  },
  MVSTORE_FILES("MVStore, bodies in files") {
    @Override
    Store open(Path directory) throws Exception {
      return new BodiesInFiles(new MvStore(directory), directory.resolve("bodies"));
    }
  },
  ROCKSDB("RocksDB, bodies in its blob files") {
    @Override
    Store open(Path directory) throws Exception {
      return new RocksStore(directory);
    }
  },
  ROCKSDB_FILES("RocksDB, bodies in files") {
    @Override
    Store open(Path directory) throws Exception {
      return new BodiesInFiles(new RocksStore(directory), directory.resolve("bodies"));
    }
  };

  private final String label;

  Candidate(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  abstract Store open(Path directory) throws Exception;

  static Path folder(Path parent) throws Exception {
    return Files.createTempDirectory(parent, "store-");
  }
}
