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
 * The temporary folders that ONNX Runtime makes when it is loaded, and deletes when the JVM exits
 * in order. They are empty where its libraries come from {@code onnxruntime.native.path}.
 */
final class RuntimeFolders {
  private static final Logger log = LoggerFactory.getLogger(RuntimeFolders.class);

  /** A process that unpacks its libraries there does so within moments. */
  private static final Duration IN_USE = Duration.ofMinutes(1);

  private RuntimeFolders() {}

  /** Deletes the empty ones that killed processes left. */
  static void deleteLeft(Path temporaryFolder) {
    FileTime latest = FileTime.from(Instant.now().minus(IN_USE));
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(temporaryFolder, "onnxruntime-java*")) {
      for (Path folder : all) {
        if (Files.getLastModifiedTime(folder).compareTo(latest) < 0) {
          delete(folder);
        }
      }
    } catch (IOException e) {
      log.debug("{} cannot be read", temporaryFolder, e);
    }
  }

  private static void delete(Path folder) {
    try {
      Files.delete(folder);
    } catch (IOException e) {
      log.debug("{} is left: it is another user's, or not empty", folder, e);
    }
  }
}
