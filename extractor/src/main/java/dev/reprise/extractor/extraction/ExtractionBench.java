package dev.reprise.extractor.extraction;

import dev.reprise.contract.MfccContract;
import dev.reprise.contract.RejectedException;
import dev.reprise.extractor.decode.AudioDecoder;
import dev.reprise.extractor.decode.AudioInput;
import dev.reprise.extractor.decode.DecodeLimits;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Measures what the coefficients cost on top of decoding: the same file, in one process, on one
 * thread, now without and now with them.
 *
 * <p>Time is the thread's CPU time, so that other work on the machine counts less. The two kinds of
 * run alternate, so that a machine that slows down slows both.
 */
public final class ExtractionBench {
  private static final int CHUNK_SAMPLES = 4096;
  private static final double NANOS = 1e9;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final MfccContract contract = MfccContract.current();
  private final DecodeLimits limits;
  private final Path file;

  /**
   * @param file an audio file that can be extracted, best of some minutes
   */
  public ExtractionBench(Path file, DecodeLimits limits) {
    this.file = file;
    this.limits = limits;
  }

  /**
   * What was measured; times are medians of CPU seconds over the repeats.
   *
   * @param audioSeconds length of the file's audio
   * @param decodeSeconds time to decode and resample it
   * @param extractSeconds time to decode, resample and compute the coefficients
   */
  public record Result(double audioSeconds, double decodeSeconds, double extractSeconds) {

    /** How many times as long it takes with the coefficients. */
    public double ratio() {
      return extractSeconds / decodeSeconds;
    }

    /** Audio extracted in one second of one core. */
    public double audioSecondsPerCoreSecond() {
      return audioSeconds / extractSeconds;
    }
  }

  /**
   * Runs the measurement.
   *
   * @param warmUps rounds that are not counted, for the compiler
   * @param repeats rounds that are
   * @throws IOException if the file cannot be read
   * @throws ExtractionException if it is rejected
   */
  public Result run(int warmUps, int repeats) throws IOException, ExtractionException {
    double[] decode = new double[repeats];
    double[] extract = new double[repeats];
    double audioSeconds = 0;
    try (AudioExtractor extractor = new AudioExtractor(contract, limits)) {
      for (int round = -warmUps; round < repeats; round++) {
        long start = threads.getCurrentThreadCpuTime();
        decode();
        long middle = threads.getCurrentThreadCpuTime();
        audioSeconds = extract(extractor);
        long end = threads.getCurrentThreadCpuTime();
        if (round >= 0) {
          decode[round] = (middle - start) / NANOS;
          extract[round] = (end - middle) / NANOS;
        }
      }
    }
    return new Result(audioSeconds, median(decode), median(extract));
  }

  private void decode() throws IOException, ExtractionException {
    float[] chunk = new float[CHUNK_SAMPLES];
    try (SeekableByteChannel audio = Files.newByteChannel(file);
        AudioDecoder decoder = AudioDecoder.open(AudioInput.of(audio), contract, limits)) {
      int count = 0;
      while (count >= 0) {
        count = decoder.read(chunk, 0, chunk.length);
      }
    } catch (RejectedException e) {
      throw new ExtractionException(e, 0);
    }
  }

  private double extract(AudioExtractor extractor) throws IOException, ExtractionException {
    try (SeekableByteChannel audio = Files.newByteChannel(file)) {
      return extractor.extract(AudioInput.of(audio), clip -> {}).decodedSeconds();
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }
}
