package dev.reprise.extractor.mfcc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.contract.MfccContract;
import dev.reprise.extractor.golden.Difference;
import dev.reprise.extractor.golden.Golden;
import dev.reprise.extractor.golden.GoldenSignals;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Mutation tests of the goldens: a front end in which any one stage is replaced by a different
 * common variant differs from them by more than the tolerance. The first test shows that the
 * unmodified front end matches them.
 */
class FrontEndMutationTest {
  private static final MfccContract CONTRACT = MfccContract.current();
  private static final int FFT = CONTRACT.fftSamples();
  private static final int HOP = CONTRACT.hopSamples();

  private MfccStages right = stages(HannWindow.periodic(FFT));
  private float[] samples = new float[0];
  private float[] expected = new float[0];

  @BeforeEach
  void readGolden() throws IOException {
    right = stages(HannWindow.periodic(FFT));
    use("chord");
  }

  private void use(String name) throws IOException {
    Golden golden = Golden.named(name);
    samples = GoldenSignals.mean(golden.signalSamples());
    expected = golden.coefficients(0).values();
  }

  @Test
  void theUnmodifiedFrontEndMatchesTheGolden() {
    assertThat(differenceOf(samples, right)).isLessThan(MfccGoldenTest.TOLERANCE);
    assertThat(differenceOf(zeroPadded(), right, 0)).isLessThan(MfccGoldenTest.TOLERANCE);
  }

  @Test
  void symmetricWindow() {
    float[] window = new float[FFT];
    for (int i = 0; i < FFT; i++) {
      window[i] = (float) (0.5 - 0.5 * Math.cos(2 * Math.PI * i / (FFT - 1)));
    }
    assertDetected(differenceOf(samples, stages(window)));
  }

  @Test
  void hammingWindow() {
    float[] window = new float[FFT];
    for (int i = 0; i < FFT; i++) {
      window[i] = (float) (0.54 - 0.46 * Math.cos(2 * Math.PI * i / FFT));
    }
    assertDetected(differenceOf(samples, stages(window)));
  }

  @Test
  void htkMelScale() {
    double[] corners = new double[CONTRACT.melBands() + 2];
    double highest = 2595 * Math.log10(1 + CONTRACT.melMaxHz() / 700);
    for (int i = 0; i < corners.length; i++) {
      corners[i] = 700 * (Math.pow(10, highest * i / (corners.length - 1) / 2595) - 1);
    }
    double[][] dense = MelFilterBank.triangles(corners, CONTRACT.sampleRateHz(), FFT);
    assertDetected(differenceOf(samples, with(new MelFilterBank(dense))));
  }

  @Test
  void melBandsThatPeakAtOne() {
    double[] corners = new double[CONTRACT.melBands() + 2];
    double highest = MelScale.toMel(CONTRACT.melMaxHz());
    for (int i = 0; i < corners.length; i++) {
      corners[i] = MelScale.toHz(highest * i / (corners.length - 1));
    }
    double[][] dense = MelFilterBank.triangles(corners, CONTRACT.sampleRateHz(), FFT);
    for (int band = 0; band < dense.length; band++) {
      for (int bin = 0; bin < dense[band].length; bin++) {
        dense[band][bin] *= (corners[band + 2] - corners[band]) / 2;
      }
    }
    assertDetected(differenceOf(samples, with(new MelFilterBank(dense))));
  }

  @Test
  void noDecibelRange() {
    assertDetected(differenceOf(samples, with(new Decibels(CONTRACT.minimumPower(), 200))));
  }

  @Test
  void anotherMinimumPower() throws IOException {
    use("silence");
    assertDetected(differenceOf(samples, with(new Decibels(1e-5, CONTRACT.rangeDb()))));
  }

  @Test
  void reflectedPadding() {
    float[] padded = zeroPadded();
    int left = FFT / 2;
    int right = left + samples.length;
    for (int i = 1; i <= left; i++) {
      padded[left - i] = padded[left + i];
      padded[right - 1 + i] = padded[right - 1 - i];
    }
    assertDetected(differenceOf(padded, this.right, 0));
  }

  @Test
  void ffmpegsOwnDownmix() throws IOException {
    use("stereo_22");
    float[][] stereo = Golden.named("stereo_22").signalSamples();
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) ((stereo[0][i] + stereo[1][i]) * Math.sqrt(0.5));
    }
    assertDetected(differenceOf(samples, right));
  }

  @Test
  void oneChannelForAll() throws IOException {
    use("stereo_22");
    assertDetected(differenceOf(Golden.named("stereo_22").signalSamples()[0], right));
  }

  private static void assertDetected(double difference) {
    assertThat(difference).isGreaterThan(10 * MfccGoldenTest.TOLERANCE);
  }

  private static MfccStages stages(float[] window) {
    MfccStages right = MfccStages.of(CONTRACT, new JavaRealFft(FFT));
    return new MfccStages(
        new PowerSpectrum(window, new JavaRealFft(FFT)),
        right.mel(),
        right.decibels(),
        right.cosine());
  }

  private MfccStages with(MelFilterBank mel) {
    return new MfccStages(right.spectrum(), mel, right.decibels(), right.cosine());
  }

  private MfccStages with(Decibels decibels) {
    return new MfccStages(right.spectrum(), right.mel(), decibels, right.cosine());
  }

  private double differenceOf(float[] clip, MfccStages stages) {
    try (ClipAnalyzer analyzer = new ClipAnalyzer(CONTRACT, stages)) {
      analyzer.add(clip, 0, clip.length);
      return Difference.between(analyzer.finish(analyzer.newTrackSpectrum()), expected).maximum();
    }
  }

  private float[] zeroPadded() {
    float[] padded = new float[samples.length + FFT];
    System.arraycopy(samples, 0, padded, FFT / 2, samples.length);
    return padded;
  }

  /**
   * Computes as the analyzer does, but over the caller's padding: frames begin at {@code first}.
   */
  private double differenceOf(float[] padded, MfccStages stages, int first) {
    int frames = CONTRACT.framesOf(samples.length);
    int bands = stages.mel().bands();
    float[] power = new float[stages.spectrum().bins()];
    float[] frameMel = new float[bands];
    float[] mel = new float[bands * frames];
    for (int frame = 0; frame < frames; frame++) {
      stages.spectrum().compute(padded, first + frame * HOP, power);
      stages.mel().apply(power, frameMel);
      for (int band = 0; band < bands; band++) {
        mel[band * frames + frame] = frameMel[band];
      }
    }
    stages.decibels().convert(mel, bands, frames, frames);
    return Difference.between(stages.cosine().apply(mel, frames, frames), expected).maximum();
  }
}
