package dev.reprise.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A service's data directory, locked against use by a second instance. */
public final class DataDirectory implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DataDirectory.class);

  /** State and spooled audio are of no concern to other users of the machine. */
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path path;
  private final FileChannel lock;

  private DataDirectory(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Creates the directory if it is missing, for this user only, and locks it until {@link #close}
   * or the end of the process.
   *
   * @throws ConfigurationException if it is not writable, or locked by another process
   */
  public static DataDirectory open(Path path) throws ConfigurationException {
    FileChannel channel = null;
    try {
      if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createDirectories(path, OWNER_ONLY);
        warnOfReaders(path);
      } else {
        Files.createDirectories(path);
      }
      channel =
          FileChannel.open(
              path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (tryLock(channel) == null) {
        channel.close();
        throw new ConfigurationException(
            "The data directory "
                + path
                + " is in use by another instance; use a different --data-dir for each.");
      }
      return new DataDirectory(path, channel);
    } catch (IOException e) {
      throw new ConfigurationException(
          "The data directory "
              + path
              + " cannot be used ("
              + e
              + "); choose a different one with --data-dir.");
    }
  }

  /** Earlier versions created directories that every user could read; access may also be wanted. */
  private static void warnOfReaders(Path path) throws IOException {
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
    if (permissions.contains(PosixFilePermission.OTHERS_READ)
        || permissions.contains(PosixFilePermission.OTHERS_EXECUTE)) {
      log.warn("Other users can read the data directory {}: chmod 700 it", path);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  public Path path() {
    return path;
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
