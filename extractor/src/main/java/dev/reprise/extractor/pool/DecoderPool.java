package dev.reprise.extractor.pool;

import dev.reprise.contract.Reason;
import dev.reprise.extractor.decode.AudioInput;
import dev.reprise.extractor.extraction.ClipSink;
import dev.reprise.extractor.extraction.ExtractionBench;
import dev.reprise.extractor.extraction.ExtractionException;
import dev.reprise.extractor.extraction.ExtractionResult;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool of decoder processes, one for each file that a service decodes concurrently. A process is
 * reused for the next file, and replaced if it dies. Thread-safe.
 */
public final class DecoderPool implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DecoderPool.class);

  /** Maximum attempts at a file whose decoder processes die before they begin it. */
  private static final int MAX_ATTEMPTS = 3;

  private final DecoderConfig config;
  private final ScheduledThreadPoolExecutor watchdog;
  private final BlockingDeque<DecoderProcess> idle = new LinkedBlockingDeque<>();
  private final Set<DecoderProcess> decoders = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private DecoderPool(DecoderConfig config) {
    this.config = config;
    this.watchdog =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "decoder-watchdog");
              thread.setDaemon(true);
              return thread;
            });
    watchdog.setRemoveOnCancelPolicy(true);
  }

  /**
   * Starts the decoder processes; returns before they are ready.
   *
   * @param size number of processes, and so of files decoded concurrently
   * @throws IOException if no process can be started
   */
  public static DecoderPool start(DecoderConfig config, int size) throws IOException {
    DecoderPool pool = new DecoderPool(config);
    try {
      for (int i = 0; i < size; i++) {
        pool.idle.addLast(pool.startDecoder());
      }
      return pool;
    } catch (IOException e) {
      pool.close();
      throw e;
    }
  }

  private DecoderProcess startDecoder() throws IOException {
    DecoderProcess decoder = DecoderProcess.start(config, watchdog);
    decoders.add(decoder);
    if (closed) {
      decoder.kill();
    }
    return decoder;
  }

  /**
   * Waits until a decoder process is ready, and returns the version of its FFmpeg, for example
   * {@code 8.1.2}.
   *
   * @throws IOException if it does not start, with the cause of its death
   */
  public String awaitReady() throws IOException {
    DecoderProcess decoder = take();
    try {
      return decoder.awaitReady();
    } finally {
      idle.addFirst(decoder);
    }
  }

  /**
   * Extracts one file in a decoder process; waits for one if all are busy.
   *
   * @param audio read by the calling thread; not closed
   * @param sink called by the calling thread
   * @throws ExtractionException if the file is rejected, or its decoder process dies; clips that
   *     the sink has received are to be discarded
   * @throws DecoderUnavailableException if no decoder process is available
   */
  public ExtractionResult extract(AudioInput audio, ClipSink sink) throws ExtractionException {
    return withDecoder(decoder -> decoder.extract(audio, sink));
  }

  /** Measures one file in a decoder process; see {@link ExtractionBench#run}. */
  public ExtractionBench.Result measure(AudioInput audio, int warmUps, int repeats)
      throws ExtractionException {
    return withDecoder(decoder -> decoder.measure(audio, warmUps, repeats));
  }

  private interface Task<T> {
    T run(DecoderProcess decoder) throws ExtractionException, DecoderDiedException;
  }

  private <T> T withDecoder(Task<T> task) throws ExtractionException {
    for (int attempt = 1; ; attempt++) {
      try {
        return runOnce(task);
      } catch (DecoderDiedException e) {
        if (closed) {
          throw new DecoderUnavailableException("The decoders are closed.", e);
        }
        if (e.begun() || attempt == MAX_ATTEMPTS) {
          log.warn("{}", e.getMessage());
          throw new ExtractionException(e.rejection(), 0);
        }
      }
    }
  }

  private <T> T runOnce(Task<T> task) throws ExtractionException, DecoderDiedException {
    DecoderProcess decoder = takeReady();
    boolean usable = false;
    try {
      T result = task.run(decoder);
      usable = true;
      return result;
    } catch (ExtractionException e) {
      // Running out of memory leaves the memory fragmented.
      usable = e.rejection().reason() != Reason.DECODER_OUT_OF_MEMORY;
      throw e;
    } finally {
      if (usable) {
        idle.addFirst(decoder);
      } else {
        replace(decoder);
      }
    }
  }

  private DecoderProcess takeReady() {
    DecoderProcess decoder = take();
    try {
      if (!decoder.isUsable()) {
        // It died between two files, so neither is the cause.
        log.warn(
            "An idle decoder process died; starting a new one: {}", decoder.awaitCauseOfDeath());
        decoders.remove(decoder);
        decoder = startDecoder();
      }
      decoder.awaitReady();
      return decoder;
    } catch (IOException e) {
      replace(decoder);
      throw new DecoderUnavailableException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Takes the most recently used process, whose code is compiled and whose memory is cached. */
  private DecoderProcess take() {
    try {
      return idle.takeFirst();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DecoderUnavailableException("Interrupted while waiting for a decoder.", e);
    }
  }

  /** Kills a process and starts the next at once, so that it is ready when it is needed. */
  private void replace(DecoderProcess decoder) {
    decoder.kill();
    decoders.remove(decoder);
    DecoderProcess next = decoder;
    try {
      if (!closed) {
        next = startDecoder();
      }
    } catch (IOException e) {
      // The dead decoder stays in the pool; the next file tries again to replace it.
      log.warn("Cannot start a decoder process: {}", e.getMessage());
    }
    idle.addLast(next);
  }

  /** Stops all processes; one that is in the middle of a file is killed. */
  @Override
  public void close() {
    closed = true;
    for (DecoderProcess decoder : decoders) {
      if (idle.contains(decoder)) {
        decoder.requestExit();
      } else {
        decoder.kill();
      }
    }
    decoders.forEach(DecoderProcess::close);
    watchdog.shutdownNow();
  }
}
