package dev.reprise.cli.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Error messages about files that cannot be processed. */
public final class FileErrors {
  private FileErrors() {}

  public static String cannotRead(Path file, IOException cause) {
    return cannotRead(PathText.of(file), cause);
  }

  /**
   * Returns the message for a file that cannot be read.
   *
   * @param name the file's name in the message
   */
  static String cannotRead(String name, IOException cause) {
    return cause instanceof NoSuchFileException
        ? name + " does not exist."
        : name + " cannot be read: " + reason(cause) + ".";
  }

  public static String stillBeingWritten(Path file) {
    return PathText.of(file) + " is still being written: it changed while it was being read.";
  }

  /**
   * Returns the reason in a few words, without the file's name if the system gives it separately.
   */
  public static String reason(IOException cause) {
    if (cause instanceof AccessDeniedException) {
      return "permission denied";
    }
    return cause instanceof FileSystemException system && system.getReason() != null
        ? system.getReason()
        : String.valueOf(cause.getMessage());
  }
}
