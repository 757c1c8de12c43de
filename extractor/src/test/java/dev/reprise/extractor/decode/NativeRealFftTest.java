package dev.reprise.extractor.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.extractor.mfcc.RealFft;
import dev.reprise.extractor.mfcc.RealFftSuite;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NativeRealFftTest extends RealFftSuite {
  @Override
  protected RealFft create(int size) {
    return new NativeRealFft(size);
  }

  /** JavaCPP has ten slots for callbacks of one type; transforms must not need one each. */
  @Test
  void thirtyTwoWorkAtOnce() {
    List<RealFft> transforms = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      transforms.add(create(64));
    }
    for (RealFft fft : transforms) {
      float[] samples = new float[64];
      samples[0] = 1;
      float[] spectrum = new float[66];
      fft.forward(samples, spectrum);
      assertThat(spectrum[64]).isEqualTo(1);
      fft.close();
    }
  }

  /** Instead of crashing the process. */
  @Test
  void aClosedTransformThrows() {
    RealFft fft = create(8);
    fft.close();
    assertThatThrownBy(() -> fft.forward(new float[8], new float[10]))
        .isInstanceOf(IllegalStateException.class);
  }
}
