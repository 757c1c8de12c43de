package dev.reprise.inference.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The bytes of a model's file, read once, so that what is hashed is what serves whatever happens to
 * the file meanwhile.
 *
 * @param sha256 of the bytes, in lower-case hexadecimal
 */
@SuppressWarnings("ArrayRecordComponent") // Handed over, compared by nobody.
public record ModelFile(Path path, byte[] bytes, String sha256) {

  /**
   * What tells cheaply that a file may have changed: where it is, its size, when it was written,
   * and, where the file system knows such a thing, which file it is, for archives and images give
   * every file one time.
   */
  public record Stamp(Path path, long bytes, long modifiedMillis, String fileKey) {

    public static Stamp of(Path path) throws ModelException {
      try {
        BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
        return new Stamp(
            path, file.size(), file.lastModifiedTime().toMillis(), String.valueOf(file.fileKey()));
      } catch (IOException e) {
        throw unreadable(path, e);
      }
    }
  }

  public static ModelFile read(Path path) throws ModelException {
    try {
      byte[] bytes = Files.readAllBytes(path);
      return new ModelFile(path, bytes, sha256(bytes));
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  private static ModelException unreadable(Path path, IOException e) {
    return new ModelException("Model " + path + " cannot be read: " + e + ".", e);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("Every Java platform has SHA-256.", e);
    }
  }
}
