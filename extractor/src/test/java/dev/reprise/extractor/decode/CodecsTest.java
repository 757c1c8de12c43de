package dev.reprise.extractor.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reprise.extractor.WavFiles;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every format keeps the length, the pitch and the level of the audio. */
class CodecsTest {
  private static final double TONE_HZ = 997;
  private static final double SECONDS = 2.3;

  @TempDir private Path folder;

  /** The last column is how much longer or shorter a lossy codec may make the audio, in seconds. */
  @ParameterizedTest(name = "{1} in {0} at {2} Hz, {3} channels")
  @CsvSource({
    "wav,       pcm_s16le,   44100,  2, 0",
    "wav,       pcm_u8,      44100,  2, 0",
    "wav,       pcm_s24le,   48000,  2, 0",
    "wav,       pcm_s32le,   48000,  1, 0",
    "wav,       pcm_f32le,   44100,  2, 0",
    "wav,       pcm_f64le,   44100,  1, 0",
    "wav,       pcm_alaw,     8000,  1, 0",
    "wav,       pcm_mulaw,    8000,  1, 0",
    "wav,       adpcm_ms,    22050,  1, 0.1",
    "wav,       adpcm_ima_wav, 22050, 2, 0.2",
    "wav,       pcm_s16le,    8000,  1, 0",
    "wav,       pcm_s16le,   11025,  1, 0",
    "wav,       pcm_s16le,   16000,  3, 0",
    "wav,       pcm_s16le,   22050,  2, 0",
    "wav,       pcm_s16le,   96000,  2, 0",
    "wav,       pcm_s16le,  192000,  2, 0",
    "wav,       pcm_s16le,   44100,  4, 0",
    "wav,       pcm_s16le,   44100,  6, 0",
    "wav,       pcm_s16le,   48000,  8, 0",
    "w64,       pcm_s16le,   44100,  2, 0",
    "aiff,      pcm_s16be,   44100,  2, 0",
    "caf,       pcm_s16be,   44100,  2, 0",
    "au,        pcm_s16be,   44100,  2, 0",
    "flac,      flac,        44100,  2, 0",
    "flac,      flac,        96000,  6, 0",
    "ogg,       flac,        44100,  2, 0",
    "ipod,      alac,        44100,  2, 0",
    "wv,        wavpack,     44100,  2, 0",
    "tta,       tta,         44100,  2, 0",
    "mp3,       libmp3lame,  44100,  2, 0",
    "mp3,       libmp3lame,  48000,  1, 0",
    "mp3,       libmp3lame,  16000,  1, 0",
    "mp2,       mp2,         48000,  2, 0.05",
    "ipod,      aac,         44100,  2, 0.03",
    "adts,      aac,         44100,  2, 0.1",
    "ogg,       libopus,     48000,  2, 0.03",
    "ogg,       libopus,     48000,  8, 0.03",
    "ogg,       vorbis,      44100,  2, 0.05",
    "ogg,       libspeex,    16000,  1, 0.1",
    "asf,       wmav2,       44100,  2, 0.15",
    "ac3,       ac3,         48000,  2, 0.05",
    "eac3,      eac3,        48000,  2, 0.05",
    "dts,       dca,         48000,  2, 0.05",
    "truehd,    truehd,      48000,  2, 0.05",
    "matroska,  libopus,     48000,  2, 0.03",
    "webm,      libopus,     48000,  2, 0.03",
    "mpegts,    mp2,         48000,  2, 0.05",
    "avi,       libmp3lame,  44100,  2, 0.06",
    "mov,       pcm_s16be,   44100,  2, 0"
  })
  void keepsLengthPitchAndLevel(
      String format, String encoder, int rateHz, int channels, double extraSeconds)
      throws Exception {
    float[][] tone = Tones.equal(rateHz, channels, SECONDS, TONE_HZ);
    Decoded decoded = Decoded.of(TestMedia.audio(folder, format, encoder, rateHz, tone));
    assertThat(decoded.seconds()).isCloseTo(SECONDS, within(extraSeconds + 1e-4));
    assertThat(decoded.info().channels()).isEqualTo(channels);
    assertThat(decoded.info().sampleRateHz()).isEqualTo(rateHz);
    assertThat(decoded.amplitude(TONE_HZ)).isCloseTo(0.4, within(0.03));
    assertThat(decoded.amplitude(TONE_HZ * 1.5)).isLessThan(0.005);
    assertThat(decoded.marks()).isEmpty();
  }

  /**
   * These encoders keep only the low end of the subwoofer, so five of six channels have the tone.
   */
  @ParameterizedTest
  @CsvSource({"ipod, aac", "ac3, ac3", "eac3, eac3"})
  void lossySurroundSound(String format, String encoder) throws Exception {
    float[][] tone = Tones.equal(48_000, 6, SECONDS, TONE_HZ);
    Decoded decoded = Decoded.of(TestMedia.audio(folder, format, encoder, 48_000, tone));
    assertThat(decoded.seconds()).isCloseTo(SECONDS, within(0.05));
    assertThat(decoded.info().channels()).isEqualTo(6);
    assertThat(decoded.amplitude(TONE_HZ)).isCloseTo(0.4 * 5 / 6, within(0.01));
  }

  /** A telephone codec keeps the level less exactly. */
  @Test
  void speech() throws Exception {
    float[][] tone = Tones.equal(8_000, 1, SECONDS, TONE_HZ);
    Decoded decoded = Decoded.of(TestMedia.audio(folder, "amr", "libopencore_amrnb", 8_000, tone));
    assertThat(decoded.seconds()).isCloseTo(SECONDS, within(0.06));
    assertThat(decoded.amplitude(TONE_HZ)).isCloseTo(0.4, within(0.1));
  }

  /** Not FFmpeg's downmix: each channel counts the same, the subwoofer's too. */
  @ParameterizedTest
  @CsvSource({"2, 0", "2, 1", "3, 2", "6, 0", "6, 2", "6, 3", "6, 5", "8, 7"})
  void channelsAreAveraged(int channels, int which) throws Exception {
    float[][] tone = Tones.onOne(44_100, channels, which, SECONDS, TONE_HZ);
    Decoded decoded = Decoded.of(TestMedia.audio(folder, "wav", "pcm_f32le", 44_100, tone));
    assertThat(decoded.amplitude(TONE_HZ)).isCloseTo(0.4 / channels, within(1e-5));
  }

  /** Numbers of channels that have no standard layout. */
  @ParameterizedTest
  @ValueSource(ints = {5, 7, 9, 11, 16, 24})
  void channelsWithoutAnyLayoutAreAveraged(int channels) throws Exception {
    float[][] tone = Tones.onOne(44_100, channels, channels - 1, SECONDS, TONE_HZ);
    Decoded decoded = Decoded.of(WavFiles.floats(44_100, tone));
    assertThat(decoded.info().channels()).isEqualTo(channels);
    assertThat(decoded.amplitude(TONE_HZ)).isCloseTo(0.4 / channels, within(1e-5));
  }

  /** At the contract's own rate nothing is resampled: the samples are the file's, bit for bit. */
  @Test
  void samplesAtTheContractsRatePassUntouched() throws Exception {
    float[][] tone = Tones.equal(22_050, 1, SECONDS, TONE_HZ);
    assertThat(Decoded.of(WavFiles.floats(22_050, tone)).samples()).isEqualTo(tone[0]);
  }

  /** {@code ceil(samples * 22050 / rate)}, whether libswresample alone gives more or fewer. */
  @ParameterizedTest
  @CsvSource({
    "44100, 1",
    "44100, 2",
    "44100, 7",
    "44100, 44101",
    "48000, 1",
    "48000, 321",
    "48000, 48001",
    "8000, 1",
    "8000, 8001",
    "96000, 5",
    "192000, 100001",
    "44099, 30000",
    "11025, 12345"
  })
  void resampledLengthIsTheContracts(int rateHz, int samples) throws Exception {
    Decoded decoded = Decoded.of(WavFiles.floats(rateHz, new float[samples]));
    assertThat(decoded.samples()).hasSize((int) Math.ceil(samples * 22_050.0 / rateHz));
  }

  /** Zeros before the beginning and after the end, not the signal's mirror image. */
  @Test
  void theSignalIsContinuedByZeros() throws Exception {
    float[] step = new float[44_100];
    java.util.Arrays.fill(step, 0.5f);
    float[] resampled = Decoded.of(WavFiles.floats(44_100, step)).samples();
    // A low-pass filter is half way up at the edge of a step.
    assertThat(resampled[0]).isCloseTo(0.25f, within(0.15f));
    assertThat(resampled[11_025]).isCloseTo(0.5f, within(1e-5f));
    float[] late = new float[44_100];
    System.arraycopy(step, 0, late, 11_025 * 2, 44_100 - 11_025 * 2);
    float[] shifted = Decoded.of(WavFiles.floats(44_100, late)).samples();
    for (int i = 0; i < 1000; i++) {
      assertThat(shifted[11_025 + i]).isCloseTo(resampled[i], within(1e-6f));
    }
  }

  @ParameterizedTest(name = "{1} in {0}")
  @CsvSource({"mp4, aac", "mov, alac", "matroska, libopus", "avi, libmp3lame", "mpegts, mp2"})
  void theSoundTrackOfAFilm(String format, String encoder) throws Exception {
    float[][] tone = Tones.equal(48_000, 2, SECONDS, TONE_HZ);
    Decoded decoded = Decoded.of(TestMedia.video(folder, format, encoder, 48_000, tone));
    assertThat(decoded.seconds()).isCloseTo(SECONDS, within(0.1));
    assertThat(decoded.amplitude(TONE_HZ)).isCloseTo(0.4, within(0.03));
  }

  @Test
  void theIndexOfAnM4aMayComeLast() throws Exception {
    float[][] tone = Tones.equal(44_100, 2, SECONDS, TONE_HZ);
    byte[] file = TestMedia.audio(folder, "ipod", "aac", 44_100, tone);
    String text = new String(file, java.nio.charset.StandardCharsets.ISO_8859_1);
    assertThat(text.indexOf("moov")).isGreaterThan(text.indexOf("mdat"));
    assertThat(Decoded.of(file).seconds()).isCloseTo(SECONDS, within(0.03));
  }
}
