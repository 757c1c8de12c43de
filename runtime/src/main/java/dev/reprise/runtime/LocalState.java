package dev.reprise.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.rocksdb.RocksDBException;

/**
 * The state directory of a Kafka Streams application, whose stores all have changelogs in Kafka. A
 * killed process may leave files there that cannot be opened again.
 *
 * @param folder the application's directory below {@code state.dir}
 */
record LocalState(Path folder) {
  private static final String SET_ASIDE_SUFFIX = ".broken-";
  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'");

  private static final long MIN_FREE_BYTES = 1 << 20;

  /** System errors that new files would not fix. RocksDB only passes on the system's message. */
  private static final List<String> SYSTEM_ERRORS =
      List.of(
          "No space left",
          "quota exceeded",
          "Too many open files",
          "Permission denied",
          "Read-only file system",
          "Cannot allocate memory");

  static LocalState of(String stateDirectory, String applicationId) {
    return new LocalState(Path.of(stateDirectory, applicationId));
  }

  /** Returns whether a failure was caused by a store's files, and new files would fix it. */
  boolean isBroken(Throwable failure) {
    return isStoreFailure(failure) && Files.isWritable(folder) && hasSpace();
  }

  private boolean hasSpace() {
    try {
      return Files.getFileStore(folder).getUsableSpace() >= MIN_FREE_BYTES;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isStoreFailure(Throwable failure) {
    boolean storeFailure = false;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      if (SYSTEM_ERRORS.stream().anyMatch(message::contains)) {
        return false;
      }
      storeFailure |= cause instanceof ProcessorStateException || cause instanceof RocksDBException;
    }
    return storeFailure;
  }

  /**
   * Renames the directory, to keep it for diagnosis, and deletes the one kept before. No client may
   * have it open.
   *
   * @return the new path
   * @throws UncheckedIOException if it cannot be renamed, or an earlier one cannot be deleted
   */
  Path setAside() {
    String name = folder.getFileName() + SET_ASIDE_SUFFIX;
    Path target = folder.resolveSibling(name + TIMESTAMP.format(ZonedDateTime.now(ZoneOffset.UTC)));
    try {
      try (DirectoryStream<Path> earlier =
          Files.newDirectoryStream(folder.toAbsolutePath().getParent(), name + "*")) {
        for (Path each : earlier) {
          Utils.delete(each.toFile());
        }
      }
      return Files.move(folder, target);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
