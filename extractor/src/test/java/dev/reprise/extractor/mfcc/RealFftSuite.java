package dev.reprise.extractor.mfcc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reprise.extractor.golden.GoldenSignals;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that every {@link RealFft} must pass. */
public abstract class RealFftSuite {

  protected abstract RealFft create(int size);

  @ParameterizedTest
  @ValueSource(ints = {4, 8, 16, 64, 256, 1024, 2048, 4096})
  void agreesWithTheDefinition(int size) {
    float[] samples = GoldenSignals.of("noise", 22_050, 1, size)[0];
    float[] spectrum = transform(samples);
    for (int bin = 0; bin <= size / 2; bin += Math.max(1, size / 32)) {
      double re = 0;
      double im = 0;
      for (int n = 0; n < size; n++) {
        double angle = 2 * Math.PI * ((long) bin * n % size) / size;
        re += samples[n] * Math.cos(angle);
        im -= samples[n] * Math.sin(angle);
      }
      double tolerance = 1e-6 * Math.sqrt(size);
      assertThat((double) spectrum[2 * bin]).isCloseTo(re, within(tolerance));
      assertThat((double) spectrum[2 * bin + 1]).isCloseTo(im, within(tolerance));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 512, 2048})
  void keepsTheEnergy(int size) {
    float[] samples = GoldenSignals.of("mix", 22_050, 1, size)[0];
    double inTime = 0;
    for (float sample : samples) {
      inTime += (double) sample * sample;
    }
    float[] spectrum = transform(samples.clone());
    double inFrequency = 0;
    for (int bin = 0; bin <= size / 2; bin++) {
      double power = Math.hypot(spectrum[2 * bin], spectrum[2 * bin + 1]);
      inFrequency += power * power * (bin == 0 || bin == size / 2 ? 1 : 2);
    }
    assertThat(inFrequency / size).isCloseTo(inTime, within(1e-5 * inTime));
  }

  @Test
  void anImpulseIsFlat() {
    float[] samples = new float[2048];
    samples[0] = 1;
    float[] spectrum = transform(samples);
    for (int bin = 0; bin <= 1024; bin++) {
      assertThat(spectrum[2 * bin]).isCloseTo(1, within(1e-6f));
      assertThat(spectrum[2 * bin + 1]).isCloseTo(0, within(1e-6f));
    }
  }

  @Test
  void isDeterministic() {
    try (RealFft fft = create(2048)) {
      float[] samples = GoldenSignals.of("noise", 22_050, 1, 2048)[0];
      float[] first = new float[2050];
      float[] second = new float[2050];
      fft.forward(samples.clone(), first);
      fft.forward(samples.clone(), second);
      assertThat(second).isEqualTo(first);
    }
  }

  @Test
  void closesTwice() {
    RealFft fft = create(8);
    fft.close();
    fft.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {-8, 0, 1, 2, 3, 6, 2000})
  void rejectsOtherSizes(int size) {
    assertThatThrownBy(() -> create(size)).isInstanceOf(IllegalArgumentException.class);
  }

  private float[] transform(float[] samples) {
    try (RealFft fft = create(samples.length)) {
      assertThat(fft.size()).isEqualTo(samples.length);
      float[] spectrum = new float[samples.length + 2];
      fft.forward(samples, spectrum);
      return spectrum;
    }
  }
}
