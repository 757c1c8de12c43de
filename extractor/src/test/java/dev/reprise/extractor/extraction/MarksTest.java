package dev.reprise.extractor.extraction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.contract.Mark;
import dev.reprise.contract.MfccContract;
import dev.reprise.extractor.WavFiles;
import dev.reprise.extractor.decode.AudioInput;
import dev.reprise.extractor.decode.DecodeLimits;
import dev.reprise.extractor.golden.GoldenSignals;
import dev.reprise.extractor.mfcc.Clip;
import dev.reprise.extractor.source.ByteArrayChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Doubtful audio is extracted and marked, ordinary audio has no mark. */
class MarksTest {
  private static final int SECONDS = 4;

  private final AudioExtractor extractor =
      new AudioExtractor(MfccContract.current(), DecodeLimits.defaults());
  private final List<Clip> clips = new ArrayList<>();

  @AfterEach
  void close() {
    extractor.close();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1e-5, 0.0005})
  void silence(double peak) throws Exception {
    Random random = new Random(1);
    float[] signal = signal(44_100, i -> peak * (2 * random.nextDouble() - 1));
    assertThat(marks(44_100, signal, signal)).containsExactly(Mark.SILENT);
  }

  @ParameterizedTest
  @CsvSource({"22050, 0.01", "44100, 0.2", "48000, 0.5", "96000, 0.2"})
  void whiteNoise(int rateHz, double amplitude) throws Exception {
    Random random = new Random(2);
    float[] noise = signal(rateHz, i -> amplitude * random.nextGaussian());
    assertThat(marks(rateHz, noise)).containsExactly(Mark.NOISE);
  }

  @ParameterizedTest
  @CsvSource({"44100, 60", "44100, 440", "48000, 997", "22050, 8000", "8000, 1000"})
  void aSine(int rateHz, double hz) throws Exception {
    float[] sine = signal(rateHz, i -> 0.3 * Math.sin(2 * Math.PI * hz * i / rateHz));
    assertThat(marks(rateHz, sine, sine)).containsExactly(Mark.TONE);
  }

  @ParameterizedTest
  @CsvSource({
    "chord, 44100, 1",
    "chord, 48000, 2",
    "mix, 44100, 2",
    "sweep, 44100, 1",
    "clicks, 44100, 1",
    "clicks, 22050, 2",
    "chord, 8000, 1",
    "mix, 16000, 2"
  })
  void ordinaryAudioHasNoMark(String name, int rateHz, int channels) throws Exception {
    assertThat(marks(rateHz, GoldenSignals.of(name, rateHz, channels, SECONDS * rateHz))).isEmpty();
  }

  /** Steady, and flat over the whole track, but not within any frame. */
  @Test
  void aLinearSweepIsNotNoise() throws Exception {
    float[] sweep =
        signal(44_100, i -> 0.3 * Math.sin(Math.PI * 11_000.0 / SECONDS * i / 44_100 * i / 44_100));
    assertThat(marks(44_100, sweep)).isEmpty();
  }

  @Test
  void twoSinesAreNotATone() throws Exception {
    float[] two =
        signal(
            44_100,
            i ->
                0.3 * Math.sin(2 * Math.PI * 440 * i / 44_100)
                    + 0.01 * Math.sin(2 * Math.PI * 880 * i / 44_100));
    assertThat(marks(44_100, two)).isEmpty();
  }

  /** Starts with silence, as most tracks do. */
  @Test
  void channelsThatCancelEachOther() throws Exception {
    float[] left = signal(44_100, i -> i < 30_000 ? 0 : chord(i - 30_000));
    assertThat(marks(44_100, left, negative(left))).containsExactly(Mark.PHASE_INVERTED);
    assertThat(marks(44_100, left)).isEmpty();
    assertThat(clips.get(0).coefficients()).isEqualTo(clips.get(1).coefficients());
  }

  /** The loudest of six: the front channels cancel each other, the others are silent. */
  @Test
  void surroundSoundThatCancels() throws Exception {
    float[] front = signal(48_000, MarksTest::chord);
    float[] none = new float[front.length];
    assertThat(marks(48_000, none, none, front, none, negative(front), none))
        .containsExactly(Mark.PHASE_INVERTED);
    assertThat(clips.get(0).coefficients()[20]).isGreaterThan(-500);
  }

  /** The mean is used as soon as it has sound again, and no mark is set. */
  @Test
  void onlyTheBeginningIsOutOfPhase() throws Exception {
    float[] left = signal(44_100, MarksTest::chord);
    float[] right = left.clone();
    for (int i = 0; i < 44_100; i++) {
      right[i] = -left[i];
    }
    assertThat(marks(44_100, left, right)).isEmpty();
  }

  /** Wide stereo, 20 dB below each channel in the mean, is not inverted. */
  @Test
  void wideStereoIsAveraged() throws Exception {
    float[] left = signal(44_100, MarksTest::chord);
    float[] right = signal(44_100, i -> -0.8 * chord(i));
    float[] mean = signal(44_100, i -> (float) chord(i) / 2 + (float) (-0.8 * chord(i)) / 2);
    assertThat(marks(44_100, left, right)).isEmpty();
    assertThat(marks(44_100, mean)).isEmpty();
    for (int i = 0; i < clips.get(0).coefficients().length; i++) {
      assertThat(clips.get(0).coefficients()[i])
          .isCloseTo(clips.get(1).coefficients()[i], org.assertj.core.api.Assertions.within(0.01f));
    }
  }

  private static double chord(int i) {
    double t = i / 44_100.0;
    double tone = 0;
    for (int k = 1; k <= 8; k++) {
      tone += Math.sin(2 * Math.PI * 220 * k * t) / k;
    }
    return 0.3 * tone * Math.exp(-3 * (t % 0.5));
  }

  private static float[] negative(float[] samples) {
    float[] negative = new float[samples.length];
    for (int i = 0; i < samples.length; i++) {
      negative[i] = -samples[i];
    }
    return negative;
  }

  private static float[] signal(int rateHz, IntToDoubleFunction sample) {
    float[] signal = new float[SECONDS * rateHz];
    for (int i = 0; i < signal.length; i++) {
      signal[i] = (float) sample.applyAsDouble(i);
    }
    return signal;
  }

  private java.util.Set<Mark> marks(int rateHz, float[]... channels) throws ExtractionException {
    byte[] wav = WavFiles.floats(rateHz, channels);
    return extractor.extract(AudioInput.of(new ByteArrayChannel(wav)), clips::add).marks();
  }
}
