package org.mailweir.examples.relay.spool.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.mailweir.message.Body;

/**
 * The files with the messages: {@code mail/7f/4Xk2...}, named after the queue id, in 256 folders.
 * What cannot be read goes to {@code damaged/}.
 */
final class MailFiles {
  interface Action {
    /** Takes the name of a file. */
    void accept(String queueId) throws IOException;
  }

  private static final int FOLDERS = 256;
  private static final Set<StandardOpenOption> NEW =
      EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  private final Path mail;
  private final Path damaged;

  MailFiles(Path spool) throws IOException {
    this.mail = spool.resolve("mail");
    this.damaged = spool.resolve("damaged");
    create(mail);
    create(damaged);
    for (int i = 0; i < FOLDERS; i++) {
      create(folder(i));
    }
    sync(mail);
    sync(spool);
  }

  static void create(Path directory) throws IOException {
    Files.createDirectories(directory, Permissions.directory(directory));
  }

  private Path folder(int number) {
    return mail.resolve(String.format(Locale.ROOT, "%02x", number));
  }

  private Path folder(String queueId) {
    return folder((queueId.hashCode() * 0x9e3779b9) >>> 24);
  }

  /** Returns where a message's file is, or would be. */
  Path path(String queueId) {
    return folder(queueId).resolve(queueId);
  }

  /** Writes a message. It is durable when this returns; where it throws, nothing is left. */
  void write(String queueId, byte[] envelope, Body body) throws IOException {
    Path path = path(queueId);
    boolean durable = false;
    try {
      MailFile.write(path, NEW, envelope, body);
      sync(folder(queueId));
      durable = true;
    } catch (FileAlreadyExistsException other) {
      durable = true; // somebody else's: not to be deleted
      throw new IOException("the queue id " + queueId + " is in use", other);
    } finally {
      if (!durable) {
        delete(queueId);
      }
    }
  }

  /** Makes the names in a directory durable. */
  static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Opens a message, after a look at all of it. */
  MailFile.Content open(String queueId) throws IOException, DamagedException {
    return MailFile.open(path(queueId));
  }

  /** Opens a message, without a look at its body. */
  MailFile.Content skim(String queueId) throws IOException, DamagedException {
    return MailFile.skim(path(queueId));
  }

  /** Deletes a file, if it can; one that is left is collected at the next start. */
  void delete(String queueId) {
    try {
      Files.deleteIfExists(path(queueId));
    } catch (IOException collectedLater) {
      return;
    }
  }

  /** Sets a file aside for the operator, and returns where it is; empty if there is none. */
  Optional<Path> setAside(String queueId) throws IOException {
    Path there = damaged.resolve(queueId);
    try {
      Files.move(path(queueId), there, StandardCopyOption.REPLACE_EXISTING);
    } catch (NoSuchFileException none) {
      return Optional.empty();
    }
    sync(damaged);
    return Optional.of(there);
  }

  Path damaged() {
    return damaged;
  }

  /** Returns whether there is no message at all. */
  boolean isEmpty() throws IOException {
    for (int i = 0; i < FOLDERS; i++) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder(i))) {
        if (files.iterator().hasNext()) {
          return false;
        }
      }
    }
    return true;
  }

  /** Shows the name of every file that is where it belongs. */
  void forEach(Action action) throws IOException {
    for (int i = 0; i < FOLDERS; i++) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder(i))) {
        for (Path file : files) {
          String name = String.valueOf(file.getFileName());
          if (file.equals(path(name))) {
            action.accept(name);
          }
        }
      } catch (DirectoryIteratorException failure) {
        throw failure.getCause();
      }
    }
  }
}
