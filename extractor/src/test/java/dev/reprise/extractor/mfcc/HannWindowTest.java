package dev.reprise.extractor.mfcc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class HannWindowTest {
  @Test
  void isPeriodic() {
    float[] window = HannWindow.periodic(2048);
    assertThat(window[0]).isZero();
    assertThat(window[1024]).isEqualTo(1);
    for (int i = 1; i < 1024; i++) {
      assertThat(window[2048 - i]).isCloseTo(window[i], within(1e-7f));
      assertThat(window[i] + window[i + 1024]).isCloseTo(1, within(1e-6f));
    }
  }
}
