package dev.reprise.benchmarks;

import dev.reprise.contract.MfccContract;
import dev.reprise.contract.RejectedException;
import dev.reprise.extractor.mfcc.Clip;
import dev.reprise.extractor.mfcc.ClipAnalyzer;
import dev.reprise.extractor.mfcc.ClipCutter;
import dev.reprise.extractor.mfcc.RealFft;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Measures the coefficients of one 30 s clip of noise, and the transform of one of its frames. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class MfccBenchmark {
  private static final int CHUNK_SAMPLES = 4096;
  private static final long SEED = 20_241_127;

  @Param public Fft fft = Fft.AV_TX;

  private final MfccContract contract = MfccContract.current();
  private final float[] clip = noise(contract.clipSamples());
  private final float[] frame = Arrays.copyOf(clip, contract.fftSamples());
  private final float[] spectrum = new float[contract.fftSamples() + 2];
  private RealFft transform = Fft.JAVA.create(contract.fftSamples());
  private ClipAnalyzer analyzer = new ClipAnalyzer(contract, transform);

  private static float[] noise(int samples) {
    Random random = new Random(SEED);
    float[] noise = new float[samples];
    for (int i = 0; i < samples; i++) {
      noise[i] = (float) (0.1 * random.nextGaussian());
    }
    return noise;
  }

  @Setup(Level.Trial)
  public void open() {
    transform = fft.create(contract.fftSamples());
    analyzer = new ClipAnalyzer(contract, transform);
  }

  @TearDown(Level.Trial)
  public void close() {
    analyzer.close();
  }

  @Benchmark
  @OutputTimeUnit(TimeUnit.MILLISECONDS)
  public Clip clip() throws RejectedException {
    Clip[] result = new Clip[1];
    ClipCutter cutter = new ClipCutter(contract, analyzer, computed -> result[0] = computed);
    for (int from = 0; from < clip.length; from += CHUNK_SAMPLES) {
      cutter.accept(clip, from, Math.min(CHUNK_SAMPLES, clip.length - from));
    }
    cutter.finish();
    return result[0];
  }

  @Benchmark
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  public float[] transform() {
    transform.forward(frame, spectrum);
    return spectrum;
  }
}
