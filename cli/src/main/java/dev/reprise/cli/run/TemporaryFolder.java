package dev.reprise.cli.run;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A temporary folder that is deleted with its contents when it is closed or, if its process was
 * killed, by the next process that creates one. A file lock marks it as in use. One per process.
 */
final class TemporaryFolder implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TemporaryFolder.class);
  private static final String PREFIX = "reprise-run-";
  private static final String LOCK_FILE = "lock";

  private final Path path;
  private final FileChannel lock;

  private TemporaryFolder(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  static TemporaryFolder create() throws IOException {
    return create(Path.of(System.getProperty("java.io.tmpdir")));
  }

  /**
   * Creates a folder, after deleting those of killed processes.
   *
   * @throws IOException with one sentence that names {@code parent}
   */
  static TemporaryFolder create(Path parent) throws IOException {
    try {
      deleteAbandoned(parent);
      Path path = Files.createTempDirectory(parent, PREFIX);
      // Renamed once it is locked, so that no other process finds it unlocked.
      Path unnamed = path.resolve("new");
      FileChannel lock =
          FileChannel.open(unnamed, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      lock.lock();
      Files.move(unnamed, path.resolve(LOCK_FILE));
      return new TemporaryFolder(path, lock);
    } catch (IOException e) {
      throw new IOException(
          "The temporary folder %s cannot be used (%s); set TMPDIR to a different one."
              .formatted(parent, e.getMessage()),
          e);
    }
  }

  private static void deleteAbandoned(Path parent) throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (Path folder : all) {
        try (FileChannel channel =
            FileChannel.open(folder.resolve(LOCK_FILE), StandardOpenOption.WRITE)) {
          if (tryLock(channel) != null) {
            Utils.delete(folder.toFile());
          }
        } catch (IOException e) {
          // Owned by another user, or just being created.
          log.debug("{} is not deleted", folder, e);
        }
      }
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    try (lock) {
      Utils.delete(path.toFile());
    }
  }
}
