package dev.reprise.extractor.extraction;

import dev.reprise.contract.MfccContract;
import dev.reprise.contract.RejectedException;
import dev.reprise.extractor.decode.AudioDecoder;
import dev.reprise.extractor.decode.AudioInput;
import dev.reprise.extractor.decode.DecodeLimits;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;

/**
 * Measures the cost of the coefficients on top of decoding: the same file, in one process, on one
 * thread, alternately without and with them.
 *
 * <p>Time is the thread's CPU time, so that other work on the machine counts less. The two kinds of
 * run alternate, so that a machine that slows down slows both.
 */
public final class ExtractionBench {
  private static final int CHUNK_SAMPLES = 4096;
  private static final double NANOS = 1e9;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final AudioExtractor extractor;
  private final DecodeLimits limits;

  /**
   * @param extractor with the same {@code limits}; not closed
   */
  public ExtractionBench(AudioExtractor extractor, DecodeLimits limits) {
    this.extractor = extractor;
    this.limits = limits;
  }

  /**
   * The measurements; times are medians of CPU seconds over the repeats.
   *
   * @param audioSeconds length of the file's audio
   * @param decodeSeconds time to decode and resample it
   * @param extractSeconds time to decode, resample and compute the coefficients
   */
  public record Result(double audioSeconds, double decodeSeconds, double extractSeconds) {

    /** Returns the ratio of the time with coefficients to that without. */
    public double ratio() {
      return extractSeconds / decodeSeconds;
    }

    /** Returns the seconds of audio extracted in one second of one core. */
    public double audioSecondsPerCoreSecond() {
      return audioSeconds / extractSeconds;
    }
  }

  /**
   * Runs the measurement.
   *
   * @param audio an audio file that can be extracted, ideally several minutes long; not closed
   * @param warmUps preceding rounds that are not counted, for the JIT compiler
   * @param repeats rounds that are counted
   * @throws ExtractionException if the file is rejected
   */
  public Result run(AudioInput audio, int warmUps, int repeats)
      throws IOException, ExtractionException {
    double[] decode = new double[repeats];
    double[] extract = new double[repeats];
    double audioSeconds = 0;
    for (int round = -warmUps; round < repeats; round++) {
      long start = threads.getCurrentThreadCpuTime();
      decode(audio);
      long middle = threads.getCurrentThreadCpuTime();
      audio.channel().position(0);
      audioSeconds = extractor.extract(audio, clip -> {}).decodedSeconds();
      long end = threads.getCurrentThreadCpuTime();
      if (round >= 0) {
        decode[round] = (middle - start) / NANOS;
        extract[round] = (end - middle) / NANOS;
      }
    }
    return new Result(audioSeconds, median(decode), median(extract));
  }

  private void decode(AudioInput audio) throws IOException, ExtractionException {
    float[] chunk = new float[CHUNK_SAMPLES];
    audio.channel().position(0);
    try (AudioDecoder decoder = AudioDecoder.open(audio, MfccContract.current(), limits)) {
      int count = 0;
      while (count >= 0) {
        count = decoder.read(chunk, 0, chunk.length);
      }
    } catch (RejectedException e) {
      throw new ExtractionException(e, 0);
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }
}
