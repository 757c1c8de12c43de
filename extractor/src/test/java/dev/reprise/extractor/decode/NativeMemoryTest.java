package dev.reprise.extractor.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.contract.MfccContract;
import dev.reprise.contract.RejectedException;
import dev.reprise.extractor.WavFiles;
import dev.reprise.extractor.golden.GoldenSignals;
import dev.reprise.extractor.source.ByteArrayChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Native memory stays level, however a decoder ends. */
class NativeMemoryTest {
  private static final DecodeLimits LIMITS = DecodeLimits.defaults();

  @TempDir private Path folder;

  /**
   * Each round opens some 40 decoders; a lost context or buffer would be 10 kB to 1 MB each time.
   */
  @Test
  void staysLevel() throws Exception {
    List<byte[]> files = files();
    for (int round = 0; round < 6; round++) {
      decodeAll(files);
    }
    long before = residentBytes();
    for (int round = 0; round < 30; round++) {
      decodeAll(files);
    }
    assertThat(residentBytes() - before).isLessThan(12L << 20);
  }

  private static long residentBytes() {
    System.gc();
    return Pointer.physicalBytes();
  }

  private List<byte[]> files() throws Exception {
    float[][] signal = GoldenSignals.of("mix", 48_000, 2, 24_000);
    List<byte[]> files = new ArrayList<>();
    files.add(WavFiles.floats(44_100, signal));
    for (String[] kind :
        new String[][] {
          {"mp3", "libmp3lame"}, {"flac", "flac"}, {"ipod", "aac"}, {"ogg", "libopus"}
        }) {
      byte[] file = TestMedia.audio(folder, kind[0], kind[1], 48_000, signal);
      files.add(file);
      Random random = new Random(5);
      for (int i = 0; i < 8; i++) {
        byte[] damaged = Arrays.copyOf(file, file.length - random.nextInt(file.length / 2));
        damaged[random.nextInt(Math.min(200, damaged.length))] ^= 0x40;
        files.add(damaged);
      }
    }
    files.add(
        "#EXTM3U\n#EXTINF:1,\n/etc/passwd\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    files.add(new byte[5_000]);
    return files;
  }

  /** Some are read to the end, some left in the middle, some closed twice. */
  private static void decodeAll(List<byte[]> files) {
    float[] buffer = new float[4_096];
    for (int i = 0; i < files.size(); i++) {
      try (AudioDecoder decoder =
          AudioDecoder.open(
              AudioInput.of(new ByteArrayChannel(files.get(i))), MfccContract.current(), LIMITS)) {
        int reads = i % 3 == 0 ? 2 : Integer.MAX_VALUE;
        while (reads-- > 0 && decoder.read(buffer, 0, buffer.length) >= 0) {}
        decoder.close();
      } catch (RejectedException e) {
        assertThat(e.reason()).isNotNull();
      }
    }
  }

  /** Instead of crashing the process. */
  @Test
  void aClosedDecoderThrows() throws Exception {
    ByteArrayChannel wav = new ByteArrayChannel(WavFiles.floats(22_050, new float[30_000]));
    AudioDecoder decoder = AudioDecoder.open(AudioInput.of(wav), MfccContract.current(), LIMITS);
    decoder.close();
    assertThatThrownBy(() -> decoder.read(new float[10], 0, 10))
        .isInstanceOf(IllegalStateException.class);
  }

  /** More decoders at once than JavaCPP has slots for callbacks of one type. */
  @Test
  void thirtyTwoDecodersWorkAtOnce() throws Exception {
    byte[] wav = WavFiles.floats(44_100, GoldenSignals.of("mix", 44_100, 2, 88_200));
    float[] expected = Decoded.of(wav).samples();
    List<AudioDecoder> open = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      open.add(
          AudioDecoder.open(
              AudioInput.of(new ByteArrayChannel(wav)), MfccContract.current(), LIMITS));
    }
    ExecutorService threads = Executors.newFixedThreadPool(32);
    List<Future<float[]>> results = new ArrayList<>();
    for (AudioDecoder decoder : open) {
      results.add(threads.submit(() -> readAll(decoder, expected.length)));
    }
    for (Future<float[]> result : results) {
      assertThat(result.get()).isEqualTo(expected);
    }
    threads.shutdown();
  }

  private static float[] readAll(AudioDecoder decoder, int length) throws RejectedException {
    try (decoder) {
      float[] samples = new float[length + 1];
      int filled = 0;
      int count = decoder.read(samples, 0, samples.length);
      while (count >= 0) {
        filled += count;
        count = decoder.read(samples, filled, samples.length - filled);
      }
      return Arrays.copyOf(samples, filled);
    }
  }
}
