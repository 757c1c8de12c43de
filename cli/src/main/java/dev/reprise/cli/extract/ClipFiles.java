package dev.reprise.cli.extract;

import dev.reprise.contract.MfccContract;
import dev.reprise.contract.ShortName;
import dev.reprise.extractor.mfcc.Clip;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The files of one track: {@code <track id>.<clip index>.npy}, and the manifest {@code <track
 * id>.json}, which records what they were computed from.
 *
 * <p>The manifest is written last: if it exists, the track is complete, so that an interrupted
 * command can resume. The first clip is written just before it, so that a program that searches for
 * first clips finds only complete tracks. Read and write errors are thrown as {@link
 * UncheckedIOException}. Not thread-safe.
 */
final class ClipFiles {
  /** Longest name of a file or folder on the common file systems. */
  private static final int MAX_NAME_BYTES = 255;

  /** The longest ending of a file: {@code .99999.npy}. */
  private static final int MAX_ENDING_BYTES = 10;

  private final Path folder;
  private final String name;
  private @Nullable Clip first;

  /**
   * @param out folder for all tracks
   */
  ClipFiles(Path out, String trackId) {
    Path parent = out;
    String rest = trackId;
    for (int slash = rest.indexOf('/'); slash >= 0; slash = rest.indexOf('/')) {
      parent = parent.resolve(ShortName.to(MAX_NAME_BYTES, rest.substring(0, slash)));
      rest = rest.substring(slash + 1);
    }
    this.folder = parent;
    this.name = ShortName.to(MAX_NAME_BYTES - MAX_ENDING_BYTES, rest);
  }

  /** Returns the manifest; empty if the files are not complete. */
  Optional<TrackManifest> manifest() {
    Optional<TrackManifest> manifest;
    try {
      manifest = TrackManifest.read(manifestFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (int i = 0; manifest.isPresent() && i < manifest.get().clipCount(); i++) {
      if (!Files.exists(file(i))) {
        return Optional.empty();
      }
    }
    return manifest;
  }

  /** Deletes the files, including those of an interrupted command. */
  void delete() {
    first = null;
    try {
      Files.deleteIfExists(manifestFile());
      Files.deleteIfExists(file(0));
      int clip = 1;
      while (Files.deleteIfExists(file(clip))) {
        clip++;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a clip; the first is kept until {@link #finish}. */
  void write(Clip clip) {
    if (clip.index() == 0) {
      first = clip;
    } else {
      save(clip);
    }
  }

  /** Completes the track after its last clip. */
  void finish(TrackManifest manifest) {
    if (first != null) {
      save(first);
    }
    try {
      AtomicFile.write(manifestFile(), manifest.json().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void save(Clip clip) {
    try {
      Files.createDirectories(folder.toAbsolutePath());
      NumpyFile.write(
          file(clip.index()), clip.coefficients(), MfccContract.current().coefficients());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path file(int clip) {
    return folder.resolve(name + "." + clip + ".npy");
  }

  Path manifestFile() {
    return folder.resolve(name + ".json");
  }
}
