package dev.reprise.cli.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;

/**
 * A file's size and modification time, to detect whether it was written to in the meantime.
 *
 * @param bytes its size
 * @param modified time of its last modification
 */
public record FileState(long bytes, Instant modified) {
  public static FileState of(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return new FileState(attributes.size(), attributes.lastModifiedTime().toInstant());
  }
}
