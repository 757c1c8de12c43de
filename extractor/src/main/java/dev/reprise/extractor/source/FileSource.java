package dev.reprise.extractor.source;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.SourceUri;
import dev.reprise.extractor.decode.AudioInput;
import java.io.IOException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Opens {@code file:} URIs below the allowed roots.
 *
 * <p>A rejection reveals nothing about files outside the roots, not even whether they exist: the
 * path is compared as written before the file system is accessed, and again with its symbolic links
 * resolved, as far as it exists.
 */
final class FileSource {
  private final SourceLimits limits;

  FileSource(SourceLimits limits) {
    this.limits = limits;
  }

  AudioInput open(SourceUri uri) throws RejectedException {
    Path path = toPath(uri);
    Path root = rootOf(path).orElseThrow(() -> notAllowed(uri));
    try {
      Path file = path.toRealPath();
      requireBelowRoots(file, uri);
      if (!Files.isRegularFile(file)) {
        throw new RejectedException(
            Reason.SOURCE_UNREADABLE, "The source " + uri + " is not a regular file.");
      }
      limits.requireSize(Files.size(file), uri);
      return new AudioInput(Files.newByteChannel(file), fileName(path), "");
    } catch (IOException e) {
      requireExistingPartBelowRoots(path, root, uri);
      throw rejection(uri, e);
    }
  }

  private static Path toPath(SourceUri uri) throws RejectedException {
    try {
      return Path.of(uri.uri()).normalize();
    } catch (IllegalArgumentException | FileSystemNotFoundException e) {
      throw new RejectedException(
          Reason.BAD_URI,
          "The URI " + uri + " does not name a local file; use the form file:///folder/name.",
          e);
    }
  }

  /**
   * Returns the root that the path is below as written, with the root's own links resolved or not.
   */
  private Optional<Path> rootOf(Path path) {
    for (Path root : limits.allowedRoots()) {
      Path written = root.toAbsolutePath().normalize();
      if (path.startsWith(written)) {
        return Optional.of(written);
      }
      try {
        Path real = root.toRealPath();
        if (path.startsWith(real)) {
          return Optional.of(real);
        }
      } catch (IOException e) {
        // The root may not be mounted; the path is not below it as written either.
      }
    }
    return Optional.empty();
  }

  private void requireBelowRoots(Path real, SourceUri uri) throws RejectedException {
    for (Path root : limits.allowedRoots()) {
      try {
        if (real.startsWith(root.toRealPath())) {
          return;
        }
      } catch (IOException e) {
        // A root that does not exist has nothing below it.
      }
    }
    throw notAllowed(uri);
  }

  /**
   * Rejects a path that leaves the root through a link, so that what does not exist behind it is
   * not revealed.
   */
  private void requireExistingPartBelowRoots(Path path, Path root, SourceUri uri)
      throws RejectedException {
    for (Path part = path; part != null && part.startsWith(root); part = part.getParent()) {
      if (Files.exists(part, LinkOption.NOFOLLOW_LINKS)) {
        try {
          requireBelowRoots(part.toRealPath(), uri);
          return;
        } catch (IOException e) {
          throw notAllowed(uri);
        }
      }
    }
  }

  private static String fileName(Path path) {
    return String.valueOf(path.getFileName());
  }

  private static RejectedException notAllowed(SourceUri uri) {
    return new RejectedException(
        Reason.SOURCE_NOT_ALLOWED,
        "The source "
            + uri
            + " is not below any of the folders given with --allowed-root (symbolic links resolved).");
  }

  private static RejectedException rejection(SourceUri uri, IOException e) {
    return e instanceof NoSuchFileException
        ? new RejectedException(
            Reason.SOURCE_NOT_FOUND, "The source " + uri + " does not exist on this host.", e)
        : new RejectedException(
            Reason.SOURCE_UNREADABLE, "The source " + uri + " cannot be read: " + e, e);
  }
}
