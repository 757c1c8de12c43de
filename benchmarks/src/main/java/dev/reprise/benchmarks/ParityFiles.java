package dev.reprise.benchmarks;

import dev.reprise.contract.MfccContract;
import dev.reprise.contract.RejectedException;
import dev.reprise.extractor.decode.AudioDecoder;
import dev.reprise.extractor.decode.AudioInput;
import dev.reprise.extractor.decode.DecodeLimits;
import dev.reprise.extractor.extraction.AudioExtractor;
import dev.reprise.extractor.extraction.ExtractionException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;

/**
 * Writes the inputs of {@code parity.py}: the samples that FFmpeg decodes, as mono float WAV at the
 * file's own rate, and the extractor's CPU seconds per second of audio on one thread.
 *
 * <p>Arguments: the folder of audio files, the output folder.
 */
public final class ParityFiles {
  private static final MfccContract CONTRACT = MfccContract.current();
  private static final DecodeLimits LIMITS = DecodeLimits.defaults();
  private static final int CHUNK_SAMPLES = 4096;
  private static final int WARM_UPS = 2;

  private ParityFiles() {}

  public static void main(String[] args) throws Exception {
    Path folder = Files.createDirectories(Path.of(args[1]));
    List<Path> files;
    try (Stream<Path> entries = Files.list(Path.of(args[0]))) {
      files = entries.filter(Files::isRegularFile).sorted().toList();
    }
    for (Path file : files) {
      convert(file, folder.resolve(file.getFileName() + ".wav"));
    }
    for (int i = 0; i < WARM_UPS; i++) {
      measureSecondsPerSecond(files);
    }
    String speed = String.format(Locale.ROOT, "%.6f%n", measureSecondsPerSecond(files));
    Files.writeString(folder.resolve("seconds_per_second.txt"), speed);
  }

  private static double measureSecondsPerSecond(List<Path> files)
      throws IOException, ExtractionException {
    double audioSeconds = 0;
    long start = cpuNanos();
    try (AudioExtractor extractor = new AudioExtractor(CONTRACT, LIMITS)) {
      for (Path file : files) {
        try (SeekableByteChannel audio = Files.newByteChannel(file)) {
          audioSeconds += extractor.extract(AudioInput.of(audio), clip -> {}).decodedSeconds();
        }
      }
    }
    return (cpuNanos() - start) / 1e9 / audioSeconds;
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static void convert(Path file, Path wav) throws IOException, RejectedException {
    int rateHz = readSampleRateHz(file);
    List<float[]> chunks = new ArrayList<>();
    try (SeekableByteChannel audio = Files.newByteChannel(file);
        AudioDecoder decoder = AudioDecoder.open(AudioInput.of(audio), withRate(rateHz), LIMITS)) {
      float[] chunk = new float[CHUNK_SAMPLES];
      int count = decoder.read(chunk, 0, chunk.length);
      while (count >= 0) {
        chunks.add(Arrays.copyOf(chunk, count));
        count = decoder.read(chunk, 0, chunk.length);
      }
    }
    writeWav(wav, rateHz, chunks);
  }

  private static int readSampleRateHz(Path file) throws IOException, RejectedException {
    try (SeekableByteChannel audio = Files.newByteChannel(file);
        AudioDecoder decoder = AudioDecoder.open(AudioInput.of(audio), CONTRACT, LIMITS)) {
      return decoder.info().sampleRateHz();
    }
  }

  /** Returns the contract at the file's own rate, so that nothing is resampled. */
  private static MfccContract withRate(int rateHz) {
    return new MfccContract(
        CONTRACT.name(),
        CONTRACT.sha256(),
        rateHz,
        CONTRACT.resampler(),
        CONTRACT.fftSamples(),
        CONTRACT.hopSamples(),
        CONTRACT.melBands(),
        CONTRACT.melMinHz(),
        CONTRACT.melMaxHz(),
        CONTRACT.minimumPower(),
        CONTRACT.rangeDb(),
        CONTRACT.coefficients(),
        CONTRACT.clipSamples(),
        CONTRACT.minimumLastSamples(),
        CONTRACT.minimumOnlySamples());
  }

  private static void writeWav(Path wav, int rateHz, List<float[]> chunks) throws IOException {
    int samples = chunks.stream().mapToInt(chunk -> chunk.length).sum();
    ByteBuffer data = ByteBuffer.allocate(Float.BYTES * samples).order(ByteOrder.LITTLE_ENDIAN);
    for (float[] chunk : chunks) {
      for (float sample : chunk) {
        data.putFloat(sample);
      }
    }
    float rate = rateHz;
    AudioFormat format =
        new AudioFormat(
            AudioFormat.Encoding.PCM_FLOAT, rate, Float.SIZE, 1, Float.BYTES, rate, false);
    AudioSystem.write(
        new AudioInputStream(new ByteArrayInputStream(data.array()), format, samples),
        AudioFileFormat.Type.WAVE,
        wav.toFile());
  }
}
