package dev.reprise.cli.extract;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** Writes files atomically: readers never see a partial file. */
final class AtomicFile {
  private AtomicFile() {}

  /** Replaces the file by renaming a temporary file with a unique name in the same folder. */
  static void write(Path file, byte[] bytes) throws IOException {
    Path partial = file.resolveSibling("." + UUID.randomUUID() + ".part");
    try {
      Files.write(partial, bytes);
      Files.move(
          partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(partial);
    }
  }
}
