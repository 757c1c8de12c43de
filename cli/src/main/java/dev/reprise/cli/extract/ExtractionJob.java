package dev.reprise.cli.extract;

import dev.reprise.cli.files.AudioTrack;
import dev.reprise.cli.files.FileFaults;
import dev.reprise.cli.files.FileState;
import dev.reprise.cli.files.PathText;
import dev.reprise.cli.output.Progress;
import dev.reprise.extractor.decode.AudioInput;
import dev.reprise.extractor.extraction.Extraction;
import dev.reprise.extractor.extraction.ExtractionException;
import dev.reprise.extractor.worker.DecoderConfig;
import dev.reprise.extractor.worker.DecoderPool;
import dev.reprise.extractor.worker.DecoderUnavailableException;
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

/** Extracts tracks into a folder, several at a time. Used once. */
public final class ExtractionJob {
  private final Path folder;
  private final DecoderConfig config;
  private final Progress progress;
  private final Queue<AudioTrack> waiting;
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();

  public ExtractionJob(
      Path folder, DecoderConfig config, Progress progress, List<AudioTrack> tracks) {
    this.folder = folder;
    this.config = config;
    this.progress = progress;
    this.waiting = new ConcurrentLinkedQueue<>(tracks);
  }

  /**
   * Extracts what is not there yet.
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
        running.add(executor.submit(() -> extractAll(decoders)));
      }
      for (Future<?> thread : running) {
        thread.get();
      }
    } finally {
      executor.shutdownNow();
    }
    return failures.stream().sorted().toList();
  }

  private void extractAll(DecoderPool decoders) {
    for (AudioTrack track = waiting.poll(); track != null; track = waiting.poll()) {
      extract(decoders, track);
      progress.step();
    }
  }

  /** Extracts one track, or notes why not: what goes wrong with one file stops no other. */
  private void extract(DecoderPool decoders, AudioTrack track) {
    try {
      extractIfNew(decoders, track);
    } catch (ExtractionException e) {
      fail(track, e.rejection().reason().label() + ": " + e.rejection().getMessage());
    } catch (NotKeptException e) {
      failures.add(e.getMessage());
    } catch (IOException e) {
      failures.add(FileFaults.cannotRead(track.file(), e));
    } catch (UncheckedIOException e) {
      fail(
          track,
          "its arrays cannot be written: "
              + FileFaults.why(Objects.requireNonNull(e.getCause()))
              + ".");
    } catch (OutOfMemoryError e) {
      fail(track, "out of memory; fewer --threads or a larger -Xmx may help.");
    } catch (DecoderUnavailableException e) {
      throw e;
    } catch (InvalidPathException e) {
      fail(track, "its id cannot be a file's name under this locale; set LC_ALL=C.UTF-8.");
    } catch (RuntimeException e) {
      fail(track, "internal error: " + e);
    }
  }

  private void fail(AudioTrack track, String why) {
    failures.add(PathText.of(track.file()) + ": " + why);
  }

  private void extractIfNew(DecoderPool decoders, AudioTrack track)
      throws ExtractionException, NotKeptException, IOException {
    ClipFiles files = new ClipFiles(folder, track.id());
    FileState before = FileState.of(track.file());
    String sha256 = Sha256.of(track.file());
    Optional<TrackManifest> note = files.note();
    if (note.isPresent() && note.get().isOfAnother(track, sha256)) {
      throw new NotKeptException(
          "%s: %s holds the arrays of %s; delete it, or name another --out or --root."
              .formatted(PathText.of(track.file()), files.noteFile(), note.get().source()));
    }
    if (note.isPresent() && note.get().isOf(before, sha256)) {
      return;
    }
    files.clear();
    boolean complete = false;
    try {
      Extraction extraction = extract(decoders, track.file(), files);
      requireUnchanged(track.file(), before);
      files.finish(TrackManifest.of(track, before, sha256, extraction));
      complete = true;
    } catch (ExtractionException e) {
      // Half a file is not to be judged.
      requireUnchanged(track.file(), before);
      throw e;
    } finally {
      if (!complete) {
        files.clear();
      }
    }
  }

  private static Extraction extract(DecoderPool decoders, Path file, ClipFiles files)
      throws ExtractionException, IOException {
    try (AudioInput audio =
        new AudioInput(Files.newByteChannel(file), file.getFileName().toString(), "")) {
      return decoders.extract(audio, files::write);
    }
  }

  private static void requireUnchanged(Path file, FileState before)
      throws NotKeptException, IOException {
    if (!FileState.of(file).equals(before)) {
      throw new NotKeptException(FileFaults.stillBeingWritten(file));
    }
  }

  /** Why arrays are not kept although they could be computed; the message is a sentence. */
  private static final class NotKeptException extends Exception {
    private static final long serialVersionUID = 1L;

    NotKeptException(String message) {
      super(message);
    }
  }
}
