package dev.reprise.cli.extract;

import dev.reprise.cli.files.Track;
import dev.reprise.cli.print.Progress;
import dev.reprise.extractor.decode.AudioInput;
import dev.reprise.extractor.extraction.ExtractionException;
import dev.reprise.extractor.worker.DecoderConfig;
import dev.reprise.extractor.worker.DecoderPool;
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
  private final DecoderConfig config;
  private final Progress progress;
  private final Queue<Track> waiting;
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();

  public Extracting(Path folder, DecoderConfig config, Progress progress, List<Track> tracks) {
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
    for (Track track = waiting.poll(); track != null; track = waiting.poll()) {
      extract(decoders, track);
      progress.step();
    }
  }

  private void extract(DecoderPool decoders, Track track) {
    ClipFiles files = new ClipFiles(folder, track.id());
    if (files.complete()) {
      return;
    }
    try (AudioInput audio =
        new AudioInput(
            Files.newByteChannel(track.file()), track.file().getFileName().toString(), "")) {
      decoders.extract(audio, files::write);
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
