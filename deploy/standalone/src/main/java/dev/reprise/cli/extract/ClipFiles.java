package dev.reprise.cli.extract;

import dev.reprise.contract.MfccContract;
import dev.reprise.extractor.mfcc.Clip;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The files of one track, {@code <track id>.<clip index>.npy}.
 *
 * <p>The first clip is written last: where its file stands, the track is complete, and an
 * interrupted command knows where to go on. Not thread-safe.
 */
final class ClipFiles {
  private final Path folder;
  private final String trackId;
  private @Nullable Clip first;

  ClipFiles(Path folder, String trackId) {
    this.folder = folder;
    this.trackId = trackId;
  }

  boolean complete() {
    return Files.exists(file(0));
  }

  void write(Clip clip) {
    if (clip.index() == 0) {
      first = clip;
    } else {
      save(clip);
    }
  }

  /** Tells that all clips have been written. */
  void finish() {
    if (first != null) {
      save(first);
    }
  }

  private void save(Clip clip) {
    try {
      Files.createDirectories(file(0).toAbsolutePath().getParent());
      NumpyFile.write(
          file(clip.index()), clip.coefficients(), MfccContract.current().coefficients());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path file(int clip) {
    return folder.resolve(trackId + "." + clip + ".npy");
  }
}
