package dev.reprise.cli.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Sentences about files that cannot be done. */
public final class FileFaults {
  private FileFaults() {}

  public static String cannotRead(Path file, IOException cause) {
    return cannotRead(PathText.of(file), cause);
  }

  /**
   * @param name the file as it is to be called
   */
  static String cannotRead(String name, IOException cause) {
    return cause instanceof NoSuchFileException
        ? name + " does not exist."
        : name + " cannot be read: " + why(cause) + ".";
  }

  public static String stillBeingWritten(Path file) {
    return PathText.of(file) + " is still being written: it changed while it was read.";
  }

  /** Returns the cause in some words, without the file's name where the system tells them apart. */
  public static String why(IOException cause) {
    if (cause instanceof AccessDeniedException) {
      return "permission denied";
    }
    return cause instanceof FileSystemException system && system.getReason() != null
        ? system.getReason()
        : String.valueOf(cause.getMessage());
  }
}
