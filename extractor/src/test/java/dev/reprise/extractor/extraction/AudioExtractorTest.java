package dev.reprise.extractor.extraction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reprise.contract.MfccContract;
import dev.reprise.contract.Reason;
import dev.reprise.extractor.WavFiles;
import dev.reprise.extractor.decode.AudioInput;
import dev.reprise.extractor.decode.DecodeLimits;
import dev.reprise.extractor.golden.GoldenSignals;
import dev.reprise.extractor.mfcc.Clip;
import dev.reprise.extractor.source.ByteArrayChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AudioExtractorTest {
  private final AudioExtractor extractor =
      new AudioExtractor(MfccContract.current(), DecodeLimits.defaults());
  private final List<Clip> clips = new ArrayList<>();

  @AfterEach
  void close() {
    extractor.close();
    extractor.close();
  }

  @Test
  void summarisesTheFile() throws Exception {
    float[][] signal = GoldenSignals.of("mix", 44_100, 2, 45 * 44_100);
    ExtractionResult extraction = extract(WavFiles.floats(44_100, signal));
    assertThat(extraction.clipCount()).isEqualTo(2).isEqualTo(clips.size());
    assertThat(extraction.decodedSeconds()).isCloseTo(45, within(1e-9));
    assertThat(extraction.audio().container()).isEqualTo("wav");
    assertThat(extraction.audio().codec()).isEqualTo("pcm_f32le");
    assertThat(extraction.audio().sampleRateHz()).isEqualTo(44_100);
    assertThat(extraction.audio().channels()).isEqualTo(2);
    assertThat(extraction.decodeTime()).isPositive();
    assertThat(extraction.mfccTime()).isPositive();
    assertThat(clips).extracting(Clip::index).containsExactly(0, 1);
    assertThat(clips).extracting(Clip::frames).containsExactly(1292, 646);
    assertThat(clips).extracting(Clip::startSeconds).containsExactly(0.0, 30.0);
    assertThat(clips).extracting(Clip::durationSeconds).containsExactly(30.0, 15.0);
  }

  @Test
  void everyCoefficientIsFinite() throws Exception {
    extract(WavFiles.floats(22_050, new float[30_000]));
    for (float amplitude : new float[] {1e-30f, 1e6f, 1e30f}) {
      float[] samples = new float[30_000];
      Arrays.fill(samples, amplitude);
      extract(WavFiles.floats(22_050, samples));
    }
    assertThat(clips).hasSize(4);
    for (Clip clip : clips) {
      for (float coefficient : clip.coefficients()) {
        assertThat(Float.isFinite(coefficient)).isTrue();
      }
    }
  }

  @Test
  void noStateIsCarriedOverToTheNextFile() throws Exception {
    byte[] chord = WavFiles.floats(44_100, GoldenSignals.of("chord", 44_100, 1, 80_000));
    extract(chord);
    extract(WavFiles.floats(48_000, GoldenSignals.of("noise", 48_000, 2, 90_000)));
    assertThatThrownBy(() -> extract(new byte[100])).isInstanceOf(ExtractionException.class);
    extract(chord);
    assertThat(clips).hasSize(3);
    assertThat(clips.get(2)).usingRecursiveComparison().isEqualTo(clips.get(0));
  }

  /** Fails at 35 s, when the first clip has been computed but is not final. */
  @Test
  void aFailureReportsTheDecodedSeconds() {
    float[] samples = new float[45 * 22_050];
    samples[35 * 22_050] = Float.NaN;
    assertThatThrownBy(() -> extract(WavFiles.floats(22_050, samples)))
        .isInstanceOfSatisfying(
            ExtractionException.class,
            e -> {
              assertThat(e.rejection().reason()).isEqualTo(Reason.DECODE_FAILED);
              assertThat(e).hasCause(e.rejection());
              assertThat(e.decodedSeconds()).isCloseTo(35, within(0.3));
            });
    assertThat(clips).isEmpty();
  }

  @Test
  void lessThanASecondIsTooShort() {
    assertThatThrownBy(() -> extract(WavFiles.floats(22_050, new float[22_049])))
        .isInstanceOfSatisfying(
            ExtractionException.class,
            e -> {
              assertThat(e.rejection().reason()).isEqualTo(Reason.TOO_SHORT);
              assertThat(e.decodedSeconds()).isCloseTo(1, within(1e-4));
            });
  }

  @Test
  void exceptionsOfTheSinkPropagate() throws Exception {
    ByteArrayChannel audio = new ByteArrayChannel(WavFiles.floats(22_050, new float[30_000]));
    assertThatThrownBy(
            () ->
                extractor.extract(
                    AudioInput.of(audio),
                    clip -> {
                      throw new IllegalStateException("the topic is gone");
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the topic is gone");
    extract(WavFiles.floats(22_050, new float[30_000]));
    assertThat(clips).hasSize(1);
  }

  @Test
  void benchMeasuresWithAndWithoutCoefficients() throws Exception {
    float[][] signal = GoldenSignals.of("noise", 44_100, 2, 3 * 44_100);
    AudioInput noise = AudioInput.of(new ByteArrayChannel(WavFiles.floats(44_100, signal)));
    ExtractionBench.Result result =
        new ExtractionBench(extractor, DecodeLimits.defaults()).run(noise, 1, 2);
    assertThat(result.audioSeconds()).isCloseTo(3, within(1e-3));
    assertThat(result.decodeSeconds()).isPositive();
    assertThat(result.extractSeconds()).isPositive();
    assertThat(result.ratio() * result.audioSecondsPerCoreSecond() * result.decodeSeconds())
        .isCloseTo(3, within(1e-3));
  }

  @Test
  void invalidLimitsAreRejected() {
    Duration minute = Duration.ofMinutes(1);
    assertThatThrownBy(() -> new DecodeLimits(Duration.ZERO, minute, 2, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new DecodeLimits(minute, minute.negated(), 2, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new DecodeLimits(minute, minute, 65, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new DecodeLimits(minute, minute, 2, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private ExtractionResult extract(byte[] file) throws ExtractionException {
    return extractor.extract(AudioInput.of(new ByteArrayChannel(file)), clips::add);
  }
}
