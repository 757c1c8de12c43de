package dev.reprise.extractor.source;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.extractor.decode.AudioInput;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Opens {@code file:} URIs below the allowed roots, symbolic links resolved first. */
final class FileSource {
  private final SourceLimits limits;

  FileSource(SourceLimits limits) {
    this.limits = limits;
  }

  AudioInput open(URI uri) throws RejectedException {
    try {
      Path file = path(uri).toRealPath();
      requireAllowed(file, uri);
      if (!Files.isRegularFile(file)) {
        throw new RejectedException(
            Reason.SOURCE_UNREADABLE, "The source " + uri + " is not a regular file.");
      }
      requireSize(Files.size(file), limits.maxBytes(), uri);
      return new AudioInput(Files.newByteChannel(file), file.getFileName().toString(), "");
    } catch (NoSuchFileException e) {
      throw new RejectedException(
          Reason.SOURCE_NOT_FOUND, "The source " + uri + " does not exist on this host.", e);
    } catch (IOException e) {
      throw new RejectedException(
          Reason.SOURCE_UNREADABLE, "The source " + uri + " cannot be read: " + e, e);
    }
  }

  static void requireSize(long bytes, long maxBytes, URI uri) throws RejectedException {
    if (bytes > maxBytes) {
      throw new RejectedException(
          Reason.SOURCE_TOO_LARGE,
          "The source "
              + uri
              + " has "
              + bytes
              + " bytes, more than the "
              + maxBytes
              + " allowed by --max-source-bytes.");
    }
  }

  private static Path path(URI uri) throws RejectedException {
    try {
      return Path.of(uri);
    } catch (IllegalArgumentException | FileSystemNotFoundException e) {
      throw new RejectedException(
          Reason.BAD_URI, "The URI " + uri + " names no local file; write file:///folder/name.", e);
    }
  }

  private void requireAllowed(Path file, URI uri) throws RejectedException, IOException {
    for (Path root : limits.allowedRoots()) {
      if (Files.isDirectory(root) && file.startsWith(root.toRealPath())) {
        return;
      }
    }
    throw new RejectedException(
        Reason.SOURCE_NOT_ALLOWED,
        "The source " + uri + " is below none of the folders given with --allowed-root.");
  }
}
