package dev.reprise.cli.extract;

import dev.reprise.cli.files.AudioTrack;
import dev.reprise.cli.files.FileErrors;
import dev.reprise.cli.files.FileState;
import dev.reprise.cli.files.PathText;
import dev.reprise.cli.output.Progress;
import dev.reprise.extractor.decode.AudioInput;
import dev.reprise.extractor.extraction.ExtractionException;
import dev.reprise.extractor.extraction.ExtractionResult;
import dev.reprise.extractor.pool.DecoderConfig;
import dev.reprise.extractor.pool.DecoderPool;
import dev.reprise.extractor.pool.DecoderUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Extracts tracks into a folder, several concurrently. Single-use. */
public final class ExtractionJob {
  private final Path folder;
  private final DecoderConfig config;
  private final Progress progress;
  private final Queue<AudioTrack> queue;
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();

  public ExtractionJob(
      Path folder, DecoderConfig config, Progress progress, List<AudioTrack> tracks) {
    this.folder = folder;
    this.config = config;
    this.progress = progress;
    this.queue = new ConcurrentLinkedQueue<>(tracks);
  }

  /**
   * Extracts the tracks whose arrays are missing, incomplete or stale.
   *
   * @return one line for each file that failed
   * @throws IOException if no decoder can be started
   */
  public List<String> run(int threads)
      throws IOException, ExecutionException, InterruptedException {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try (DecoderPool decoders = DecoderPool.start(config, threads)) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        running.add(executor.submit(() -> drainQueue(decoders)));
      }
      for (Future<?> thread : running) {
        thread.get();
      }
    } finally {
      executor.shutdownNow();
    }
    return failures.stream().sorted().toList();
  }

  private void drainQueue(DecoderPool decoders) {
    for (AudioTrack track = queue.poll(); track != null; track = queue.poll()) {
      process(decoders, track);
      progress.step();
    }
  }

  /** Processes one track and records a failure, so that it does not stop the other tracks. */
  private void process(DecoderPool decoders, AudioTrack track) {
    try {
      extractIfChanged(decoders, track);
    } catch (ExtractionException e) {
      fail(track, e.rejection().reason().label() + ": " + e.rejection().getMessage());
    } catch (NotKeptException e) {
      failures.add(e.getMessage());
    } catch (IOException e) {
      failures.add(FileErrors.cannotRead(track.file(), e));
    } catch (UncheckedIOException e) {
      fail(
          track,
          "its arrays cannot be written: "
              + FileErrors.reason(Objects.requireNonNull(e.getCause()))
              + ".");
    } catch (OutOfMemoryError e) {
      fail(track, "out of memory; fewer --threads or a larger -Xmx may help.");
    } catch (DecoderUnavailableException e) {
      throw e;
    } catch (InvalidPathException e) {
      fail(track, "its id is not a valid file name in this locale; set LC_ALL=C.UTF-8.");
    } catch (RuntimeException e) {
      fail(track, "internal error: " + e);
    }
  }

  private void fail(AudioTrack track, String why) {
    failures.add(PathText.of(track.file()) + ": " + why);
  }

  private void extractIfChanged(DecoderPool decoders, AudioTrack track)
      throws ExtractionException, NotKeptException, IOException {
    ClipFiles files = new ClipFiles(folder, track.id());
    FileState before = FileState.of(track.file());
    String sha256 = Sha256.of(track.file());
    Optional<TrackManifest> manifest = files.manifest();
    if (manifest.isPresent() && manifest.get().belongsToOther(track, sha256)) {
      throw new NotKeptException(
          "%s: %s holds the arrays of %s; delete it, or use a different --out or --root."
              .formatted(PathText.of(track.file()), files.manifestFile(), manifest.get().source()));
    }
    if (manifest.isPresent() && manifest.get().isCurrent(before, sha256)) {
      return;
    }
    files.delete();
    boolean complete = false;
    try {
      ExtractionResult extraction = extract(decoders, track.file(), files);
      requireUnchanged(track.file(), before);
      files.finish(TrackManifest.of(track, before, sha256, extraction));
      complete = true;
    } catch (ExtractionException e) {
      // A file that is still being written is reported as such, not as broken.
      requireUnchanged(track.file(), before);
      throw e;
    } finally {
      if (!complete) {
        files.delete();
      }
    }
  }

  private static ExtractionResult extract(DecoderPool decoders, Path file, ClipFiles files)
      throws ExtractionException, IOException {
    try (AudioInput audio =
        new AudioInput(Files.newByteChannel(file), file.getFileName().toString(), "")) {
      return decoders.extract(audio, files::write);
    }
  }

  private static void requireUnchanged(Path file, FileState before)
      throws NotKeptException, IOException {
    if (!FileState.of(file).equals(before)) {
      throw new NotKeptException(FileErrors.stillBeingWritten(file));
    }
  }

  /** Thrown if a track's arrays must not be kept or replaced; the message is a sentence. */
  private static final class NotKeptException extends Exception {
    private static final long serialVersionUID = 1L;

    NotKeptException(String message) {
      super(message);
    }
  }
}
