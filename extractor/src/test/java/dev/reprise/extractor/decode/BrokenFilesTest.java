package dev.reprise.extractor.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reprise.contract.MfccContract;
import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.extractor.WavFiles;
import dev.reprise.extractor.golden.GoldenSignals;
import dev.reprise.extractor.source.ByteArrayChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Any bytes give a result, or a rejection with its reason. */
class BrokenFilesTest {
  private static final DecodeLimits LIMITS = DecodeLimits.defaults();

  @TempDir private Path folder;

  @ParameterizedTest(name = "{1} in {0}")
  @CsvSource({
    "wav, pcm_s16le",
    "mp3, libmp3lame",
    "flac, flac",
    "adts, aac",
    "ogg, libopus",
    "ogg, vorbis"
  })
  void aTruncatedFileIsDecodedToItsEnd(String format, String encoder) throws Exception {
    float[][] signal = GoldenSignals.of("mix", 48_000, 2, 6 * 48_000);
    byte[] file = TestMedia.audio(folder, format, encoder, 48_000, signal);
    Decoded half = Decoded.of(Arrays.copyOf(file, file.length / 2));
    // A page of Ogg holds a second.
    assertThat(half.seconds()).isCloseTo(3, within(format.equals("ogg") ? 1.1 : 0.3));
  }

  @ParameterizedTest(name = "{1} in {0}")
  @CsvSource({
    "wav, pcm_s16le", "aiff, pcm_s16be", "mp3, libmp3lame", "flac, flac", "adts, aac", "ipod, aac",
    "ipod, alac", "ogg, libopus", "ogg, vorbis", "asf, wmav2", "matroska, libopus", "wv, wavpack"
  })
  void truncatedAnywhere(String format, String encoder) throws Exception {
    byte[] file = noise(format, encoder);
    Random random = new Random(1);
    for (int i = 0; i < 30; i++) {
      int length = i < 15 ? i * 11 : random.nextInt(file.length);
      decodeOrReject(Arrays.copyOf(file, length));
    }
  }

  @ParameterizedTest(name = "{1} in {0}")
  @CsvSource({
    "wav, pcm_s16le", "aiff, pcm_s16be", "mp3, libmp3lame", "flac, flac", "adts, aac", "ipod, aac",
    "ipod, alac", "ogg, libopus", "ogg, vorbis", "asf, wmav2", "matroska, libopus", "wv, wavpack"
  })
  void bytesFlippedAnywhere(String format, String encoder) throws Exception {
    byte[] file = noise(format, encoder);
    Random random = new Random(2);
    for (int i = 0; i < 30; i++) {
      byte[] flipped = file.clone();
      // Every other file is damaged in its headers.
      int range = i % 2 == 0 ? Math.min(file.length, 512) : file.length;
      for (int flips = 0; flips <= i % 20; flips++) {
        flipped[random.nextInt(range)] ^= (byte) (1 << random.nextInt(8));
      }
      decodeOrReject(flipped);
    }
  }

  private static void decodeOrReject(byte[] file) {
    try {
      assertThat(Decoded.of(file).seconds()).isBetween(0.0, 60.0);
    } catch (RejectedException e) {
      assertThat(e.reason().stage()).isEqualTo(Reason.UNKNOWN_FORMAT.stage());
      assertThat(e).message().endsWith(".");
    }
  }

  /** A damaged stretch is skipped; a file with too many is rejected. */
  @Test
  void corruptPacketsAreCounted() throws Exception {
    byte[] file = noise("ogg", "libopus");
    Decoded whole = Decoded.of(file);
    byte[] flac = noise("flac", "flac");
    for (int i = 1000; i < flac.length; i += 1500) {
      Arrays.fill(flac, i, Math.min(i + 700, flac.length), (byte) 0xff);
    }
    assertRejected(Reason.TOO_CORRUPT, flac, LIMITS);
    assertThat(whole.seconds()).isCloseTo(2, within(0.03));
  }

  @Test
  void theCorruptShareMayBeRaised() throws Exception {
    byte[] flac = noise("flac", "flac");
    for (int i = flac.length / 3; i < flac.length; i += 1500) {
      Arrays.fill(flac, i, Math.min(i + 700, flac.length), (byte) 0xff);
    }
    assertRejected(Reason.TOO_CORRUPT, flac, LIMITS);
    DecodeLimits lenient = new DecodeLimits(Duration.ofHours(1), Duration.ofHours(1), 8, 1);
    assertThat(Decoded.of(flac, lenient).seconds()).isBetween(0.4, 1.9);
  }

  @Test
  void unknownBytes() {
    byte[] random = new byte[300_000];
    new Random(3).nextBytes(random);
    assertRejected(Reason.UNKNOWN_FORMAT, random, LIMITS);
    assertRejected(Reason.UNKNOWN_FORMAT, new byte[0], LIMITS);
    assertRejected(Reason.UNKNOWN_FORMAT, new byte[100_000], LIMITS);
    assertRejected(
        Reason.UNKNOWN_FORMAT, "To whom it may concern\n".getBytes(StandardCharsets.UTF_8), LIMITS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mp4", "matroska", "avi"})
  void aFilmWithoutSound(String format) throws Exception {
    assertRejected(Reason.NO_AUDIO_STREAM, TestMedia.silentFilm(folder, format), LIMITS);
  }

  @Test
  void tooManyChannels() throws Exception {
    DecodeLimits two = new DecodeLimits(Duration.ofHours(1), Duration.ofHours(1), 2, 0.1);
    assertRejected(Reason.TOO_MANY_CHANNELS, WavFiles.floats(44_100, new float[3][44_100]), two);
    assertThat(Decoded.of(WavFiles.floats(44_100, new float[2][44_100]), two).seconds())
        .isEqualTo(1);
  }

  @Test
  void tooLong() throws Exception {
    DecodeLimits second = new DecodeLimits(Duration.ofSeconds(1), Duration.ofHours(1), 2, 0.1);
    assertRejected(Reason.TOO_LONG, WavFiles.floats(22_050, new float[22_051]), second);
    assertThat(Decoded.of(WavFiles.floats(22_050, new float[22_050]), second).seconds())
        .isEqualTo(1);
  }

  @Test
  void tooSlow() {
    DecodeLimits instant = new DecodeLimits(Duration.ofHours(1), Duration.ofNanos(1), 2, 0.1);
    assertRejected(Reason.DECODE_TIMEOUT, WavFiles.floats(22_050, new float[22_050]), instant);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void nonFiniteSamples(float value) {
    float[] samples = new float[44_100];
    samples[30_000] = value;
    assertRejected(Reason.DECODE_FAILED, WavFiles.floats(44_100, samples), LIMITS);
    assertRejected(Reason.DECODE_FAILED, WavFiles.floats(22_050, samples), LIMITS);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 999, 768_001, Integer.MAX_VALUE})
  void unsupportedRates(int rateHz) {
    assertThatThrownBy(() -> Decoded.of(WavFiles.floats(rateHz, new float[4_000])))
        .isInstanceOf(RejectedException.class);
  }

  @Test
  void samplesBeforeTheFaultAreReturned() throws Exception {
    float[] samples = new float[3 * 22_050];
    samples[2 * 22_050 + 7_000] = Float.NaN;
    ByteArrayChannel file = new ByteArrayChannel(WavFiles.floats(22_050, samples));
    try (AudioDecoder decoder =
        AudioDecoder.open(AudioInput.of(file), MfccContract.current(), LIMITS)) {
      float[] buffer = new float[500];
      assertThatThrownBy(
              () -> {
                while (decoder.read(buffer, 0, 500) >= 0) {}
              })
          .isInstanceOf(RejectedException.class);
      assertThat(decoder.decodedSeconds()).isBetween(2.0, 2.0 + 7_000 / 22_050.0);
    }
  }

  @Test
  void aSourceThatFails() {
    byte[] wav = WavFiles.floats(22_050, new float[100_000]);
    ByteArrayChannel broken =
        new ByteArrayChannel(wav) {
          @Override
          public int read(ByteBuffer target) throws IOException {
            if (position() > 100_000) {
              throw new IOException("the disk is gone");
            }
            return super.read(target);
          }
        };
    assertThatThrownBy(
            () -> {
              try (AudioDecoder decoder =
                  AudioDecoder.open(AudioInput.of(broken), MfccContract.current(), LIMITS)) {
                float[] buffer = new float[500];
                while (decoder.read(buffer, 0, 500) >= 0) {}
              }
            })
        .isInstanceOfSatisfying(
            RejectedException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.SOURCE_UNREADABLE))
        .hasMessageContaining("the disk is gone");
  }

  /** Frames alone, and frames after bytes that are not FLAC. */
  @ParameterizedTest
  @ValueSource(ints = {0, 700})
  void flacWithoutItsHeader(int junk) throws Exception {
    byte[] frames = withoutHeader(flacOf(44_100, 1));
    byte[] file = new byte[junk + frames.length];
    new Random(4).nextBytes(file);
    System.arraycopy(frames, 0, file, junk, frames.length);
    assertThat(Decoded.of(file).seconds()).isCloseTo(2, within(0.2));
  }

  private byte[] flacOf(int rateHz, int channels) throws IOException {
    return TestMedia.audio(folder, "flac", "flac", rateHz, Tones.equal(rateHz, channels, 2, 997));
  }

  private static byte[] withoutHeader(byte[] flac) {
    int at = 4;
    boolean last = false;
    while (!last) {
      last = (flac[at] & 0x80) != 0;
      at += 4 + ((flac[at + 1] & 0xff) << 16 | (flac[at + 2] & 0xff) << 8 | (flac[at + 3] & 0xff));
    }
    return Arrays.copyOfRange(flac, at, flac.length);
  }

  private byte[] noise(String format, String encoder) throws IOException {
    float[][] signal = GoldenSignals.of("mix", 48_000, 2, 96_000);
    return TestMedia.audio(folder, format, encoder, 48_000, signal);
  }

  private static void assertRejected(Reason reason, byte[] file, DecodeLimits limits) {
    assertThatThrownBy(() -> Decoded.of(file, limits))
        .isInstanceOfSatisfying(
            RejectedException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
