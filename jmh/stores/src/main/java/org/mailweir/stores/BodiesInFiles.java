package org.mailweir.stores;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.LongConsumer;

/**
 * Any store, with each body in a file of its own: on the disk before its envelope, gone after it.
 */
final class BodiesInFiles implements Store {
  private static final int FOLDERS = 64;
  private static final byte[] NONE = {};

  private final Store envelopes;
  private final Path directory;

  BodiesInFiles(Store envelopes, Path directory) throws IOException {
    this.envelopes = envelopes;
    this.directory = directory;
    for (int i = 0; i < FOLDERS; i++) {
      Files.createDirectories(directory.resolve(Integer.toString(i)));
    }
  }

  private Path folder(long id) {
    return directory.resolve(Long.toString(id % FOLDERS));
  }

  @Override
  public void add(long id, byte[] envelope, byte[] body) throws Exception {
    if (body.length > 0) {
      write(folder(id).resolve(Long.toString(id)), body);
      sync(folder(id));
    }
    envelopes.add(id, envelope, NONE);
  }

  private static void write(Path file, byte[] body) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(body);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  /** Makes the file's name durable too. */
  private static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public void defer(long id, byte[] envelope) throws Exception {
    envelopes.defer(id, envelope);
  }

  @Override
  public void remove(long id) throws Exception {
    envelopes.remove(id);
    Files.deleteIfExists(folder(id).resolve(Long.toString(id)));
  }

  @Override
  public void scan(LongConsumer action) throws Exception {
    envelopes.scan(action);
  }

  @Override
  public void close() throws Exception {
    envelopes.close();
  }
}
