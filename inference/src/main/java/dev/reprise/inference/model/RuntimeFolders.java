package dev.reprise.inference.model;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The temporary folders that ONNX Runtime creates when it is loaded, and deletes when the JVM exits
 * normally. They are empty if its libraries come from {@code onnxruntime.native.path}.
 */
final class RuntimeFolders {
  private static final Logger log = LoggerFactory.getLogger(RuntimeFolders.class);

  /** A younger folder may belong to a process that is about to unpack its libraries. */
  private static final Duration IN_USE = Duration.ofMinutes(1);

  private RuntimeFolders() {}

  /** Deletes the empty folders that killed processes left behind. */
  static void deleteStale(Path temporaryFolder) {
    FileTime latest = FileTime.from(Instant.now().minus(IN_USE));
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(temporaryFolder, "onnxruntime-java*")) {
      for (Path folder : all) {
        if (Files.getLastModifiedTime(folder).compareTo(latest) < 0) {
          delete(folder);
        }
      }
    } catch (IOException e) {
      log.debug("Cannot read {}", temporaryFolder, e);
    }
  }

  private static void delete(Path folder) {
    try {
      Files.delete(folder);
    } catch (IOException e) {
      log.debug("Cannot delete {}: it is not empty, or belongs to another user", folder, e);
    }
  }
}
