package dev.reprise.cli.extract;

import dev.reprise.cli.files.Track;
import dev.reprise.cli.print.Progress;
import dev.reprise.contract.MfccContract;
import dev.reprise.extractor.decode.AudioInput;
import dev.reprise.extractor.decode.DecodeLimits;
import dev.reprise.extractor.extraction.AudioExtractor;
import dev.reprise.extractor.extraction.ExtractionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Extracts tracks into a folder, several at a time. Used once. */
public final class Extracting {
  private final Path folder;
  private final DecodeLimits limits;
  private final Progress progress;
  private final Queue<Track> waiting;
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();

  public Extracting(Path folder, DecodeLimits limits, Progress progress, List<Track> tracks) {
    this.folder = folder;
    this.limits = limits;
    this.progress = progress;
    this.waiting = new ConcurrentLinkedQueue<>(tracks);
  }

  /**
   * Extracts what is not there yet.
   *
   * @return one line for each file that failed
   */
  public List<String> run(int threads) throws ExecutionException, InterruptedException {
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        running.add(workers.submit(this::work));
      }
      for (Future<?> worker : running) {
        worker.get();
      }
    } finally {
      workers.shutdownNow();
    }
    return failures.stream().sorted().toList();
  }

  private void work() {
    try (AudioExtractor extractor = new AudioExtractor(MfccContract.current(), limits)) {
      for (Track track = waiting.poll(); track != null; track = waiting.poll()) {
        extract(extractor, track);
        progress.step();
      }
    }
  }

  private void extract(AudioExtractor extractor, Track track) {
    ClipFiles files = new ClipFiles(folder, track.id());
    if (files.complete()) {
      return;
    }
    try (AudioInput audio =
        new AudioInput(
            Files.newByteChannel(track.file()), track.file().getFileName().toString(), "")) {
      extractor.extract(audio, files::write);
      files.finish();
    } catch (ExtractionException e) {
      failures.add(
          "%s: %s: %s"
              .formatted(track.file(), e.rejection().reason().label(), e.rejection().getMessage()));
    } catch (IOException e) {
      failures.add("%s: cannot be read: %s".formatted(track.file(), e));
    }
  }
}
