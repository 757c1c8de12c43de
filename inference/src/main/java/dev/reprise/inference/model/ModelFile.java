package dev.reprise.inference.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The bytes of a model's file, read once, so that the hash is that of the model in service even if
 * the file changes.
 *
 * @param bytes of the file; not copied
 * @param sha256 of the bytes, in lower-case hexadecimal
 */
@SuppressWarnings("ArrayRecordComponent") // Not copied, never compared.
public record ModelFile(Path path, byte[] bytes, String sha256) {

  /**
   * Attributes that show cheaply whether a file may have changed.
   *
   * @param modifiedMillis milliseconds since 1970
   * @param fileKey the inode, or "null" if the file system has none; needed because archives and
   *     container images give all files the same time
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
