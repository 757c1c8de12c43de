package dev.reprise.extractor.mfcc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reprise.contract.MfccContract;
import dev.reprise.contract.RejectedException;
import dev.reprise.extractor.decode.NativeRealFft;
import dev.reprise.extractor.golden.Difference;
import dev.reprise.extractor.golden.Golden;
import dev.reprise.extractor.golden.GoldenSignals;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** librosa's coefficients of the same samples: see {@code src/test/golden}. */
class MfccGoldenTest {
  static final double TOLERANCE = 1e-3;

  private static final MfccContract CONTRACT = MfccContract.current();

  static Stream<Golden> all() throws IOException {
    return Golden.all().stream();
  }

  static Stream<Golden> notResampled() throws IOException {
    return all().filter(golden -> golden.rateHz() == CONTRACT.sampleRateHz());
  }

  @ParameterizedTest
  @MethodSource("all")
  void signalsMatchTheScript(Golden golden) {
    float[][] signal = golden.signalSamples();
    for (int p = 0; p < golden.picks().length; p++) {
      for (int c = 0; c < golden.channels(); c++) {
        assertThat(signal[c][golden.picks()[p]]).isCloseTo(golden.values()[p][c], within(1e-6f));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("notResampled")
  void nativeFftMatchesLibrosa(Golden golden) throws Exception {
    assertMatches(golden, new NativeRealFft(CONTRACT.fftSamples()));
  }

  @ParameterizedTest
  @MethodSource("notResampled")
  void javaFftMatchesLibrosa(Golden golden) throws Exception {
    assertMatches(golden, new JavaRealFft(CONTRACT.fftSamples()));
  }

  private static void assertMatches(Golden golden, RealFft fft)
      throws IOException, RejectedException {
    List<Clip> clips = clipsOf(GoldenSignals.mean(golden.signalSamples()), fft);
    assertThat(clips).hasSize(golden.clips());
    for (Clip clip : clips) {
      Golden.Coefficients expected = golden.coefficients(clip.index());
      assertThat(clip.frames()).isEqualTo(expected.frames());
      assertThat(Difference.between(clip.coefficients(), expected.values()).maximum())
          .as("greatest difference of clip %d", clip.index())
          .isLessThan(TOLERANCE);
    }
  }

  private static List<Clip> clipsOf(float[] samples, RealFft fft) throws RejectedException {
    List<Clip> clips = new ArrayList<>();
    try (ClipAnalyzer analyzer = new ClipAnalyzer(CONTRACT, fft)) {
      ClipCutter cutter = new ClipCutter(CONTRACT, analyzer, clips::add);
      cutter.accept(samples, 0, samples.length);
      cutter.finish();
    }
    return clips;
  }
}
