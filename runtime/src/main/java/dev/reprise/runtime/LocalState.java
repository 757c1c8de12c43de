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
 * The folder where a Kafka Streams application keeps its stores, all of which Kafka has as
 * changelogs. A process that is killed may leave files there that no start can open.
 *
 * @param folder the application's own, below {@code state.dir}
 */
record LocalState(Path folder) {
  private static final String SET_ASIDE = ".broken-";
  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'");

  private static final long MIN_FREE_BYTES = 1 << 20;

  /** What other files would end in too: reported by the system's own words, through RocksDB. */
  private static final List<String> NOT_OF_THE_FILES =
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

  /** Whether a failure is of the files of a store, and would not be with new ones. */
  boolean isBroken(Throwable failure) {
    return isOfStore(failure) && Files.isWritable(folder) && hasSpace();
  }

  private boolean hasSpace() {
    try {
      return Files.getFileStore(folder).getUsableSpace() >= MIN_FREE_BYTES;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isOfStore(Throwable failure) {
    boolean ofStore = false;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      if (NOT_OF_THE_FILES.stream().anyMatch(message::contains)) {
        return false;
      }
      ofStore |= cause instanceof ProcessorStateException || cause instanceof RocksDBException;
    }
    return ofStore;
  }

  /**
   * Renames the folder, to keep it for diagnosis, and deletes the one that was kept before. No
   * client may have it open.
   *
   * @return where it is now
   * @throws UncheckedIOException if the file system refuses
   */
  Path setAside() {
    String name = folder.getFileName() + SET_ASIDE;
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
