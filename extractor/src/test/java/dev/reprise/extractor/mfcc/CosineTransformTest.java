package dev.reprise.extractor.mfcc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reprise.extractor.golden.GoldenSignals;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CosineTransformTest {

  @Property(tries = 50, seed = "20241127")
  void agreesWithTheDefinition(@ForAll @IntRange(min = 1, max = 300) int frames) {
    float[] rows = GoldenSignals.of("noise", 22_050, 1, 128 * frames)[0];
    float[] result = new CosineTransform(128, 20).apply(rows.clone(), frames, frames);
    for (int k = 0; k < 20; k++) {
      int frame = (k * 31) % frames;
      double sum = 0;
      for (int b = 0; b < 128; b++) {
        sum += rows[b * frames + frame] * Math.cos(Math.PI * k * (2 * b + 1) / 256);
      }
      double expected = sum * Math.sqrt((k == 0 ? 1 : 2) / 128.0);
      assertThat((double) result[k * frames + frame]).isCloseTo(expected, within(1e-5));
    }
  }

  @Test
  void isOrthonormal() {
    CosineTransform transform = new CosineTransform(128, 128);
    float[] identity = new float[128 * 128];
    for (int i = 0; i < 128; i++) {
      identity[i * 128 + i] = 1;
    }
    float[] matrix = transform.apply(identity, 128, 128);
    for (int i = 0; i < 128; i++) {
      for (int j = 0; j < 128; j++) {
        double product = 0;
        for (int b = 0; b < 128; b++) {
          product += (double) matrix[i * 128 + b] * matrix[j * 128 + b];
        }
        assertThat(product).isCloseTo(i == j ? 1 : 0, within(1e-5));
      }
    }
  }

  @Test
  void columnsBeyondTheFramesChangeNothing() {
    float[] wide = GoldenSignals.of("noise", 22_050, 1, 128 * 7)[0];
    float[] narrow = new float[128 * 5];
    for (int b = 0; b < 128; b++) {
      System.arraycopy(wide, b * 7, narrow, b * 5, 5);
    }
    CosineTransform transform = new CosineTransform(128, 20);
    assertThat(transform.apply(wide, 5, 7)).isEqualTo(transform.apply(narrow, 5, 5));
  }

  @Test
  void rejectsSizesThatItCannotFold() {
    assertThatThrownBy(() -> new CosineTransform(127, 20))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new CosineTransform(128, 129))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
