package dev.reprise.extractor.mfcc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.contract.MfccContract;
import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.extractor.golden.GoldenSignals;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClipCutterTest {
  private static final MfccContract CONTRACT = MfccContract.current();

  /** The same rules at a hundredth of the lengths, so that many tracks can be tested. */
  private static final MfccContract SHORT = withClips(6_615, 2_205, 221);

  private final List<Clip> clips = new ArrayList<>();

  private static MfccContract withClips(int samples, int minimumLast, int minimumOnly) {
    return new MfccContract(
        CONTRACT.name(),
        CONTRACT.sha256(),
        CONTRACT.sampleRateHz(),
        CONTRACT.resampler(),
        CONTRACT.fftSamples(),
        CONTRACT.hopSamples(),
        CONTRACT.melBands(),
        CONTRACT.melMinHz(),
        CONTRACT.melMaxHz(),
        CONTRACT.minimumPower(),
        CONTRACT.rangeDb(),
        CONTRACT.coefficients(),
        samples,
        minimumLast,
        minimumOnly);
  }

  @ParameterizedTest(name = "{0} samples are {1} clips, the last of {2} samples")
  @CsvSource({
    "22050, 1, 22050",
    "22561, 1, 22561",
    "220499, 1, 220499",
    "661499, 1, 661499",
    "661500, 1, 661500",
    "881999, 1, 661500",
    "882000, 2, 220500",
    "1323000, 2, 661500",
    "1543499, 2, 661500",
    "1543500, 3, 220500"
  })
  void cutsByTheContract(int samples, int count, int last) throws RejectedException {
    assertThat(cut(CONTRACT, new float[samples], samples)).isEqualTo(count);
    assertThat(clips).hasSize(count);
    Clip lastClip = clips.get(count - 1);
    assertThat(lastClip.index()).isEqualTo(count - 1);
    assertThat(lastClip.startSeconds()).isEqualTo((count - 1) * 30.0);
    assertThat(lastClip.durationSeconds()).isEqualTo(last / 22_050.0);
    assertThat(lastClip.frames()).isEqualTo(1 + last / 512);
    assertThat(lastClip.coefficients()).hasSize(20 * lastClip.frames());
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "22049"})
  void lessThanASecondIsTooShort(int samples) {
    assertThatThrownBy(() -> cut(CONTRACT, new float[samples], samples))
        .isInstanceOfSatisfying(
            RejectedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TOO_SHORT))
        .hasMessageContaining(" s");
    assertThat(clips).isEmpty();
  }

  @Test
  void aClipIsHeldForTenSecondsOfTheNext() {
    ClipCutter cutter = cutter(CONTRACT);
    float[] samples = new float[CONTRACT.clipSamples()];
    cutter.accept(samples, 0, samples.length);
    cutter.accept(samples, 0, CONTRACT.minimumLastSamples() - 1);
    assertThat(clips).isEmpty();
    cutter.accept(samples, 0, 1);
    assertThat(clips).hasSize(1);
  }

  @Property(tries = 40, seed = "20241127")
  void anyChunkingGivesTheSameBits(
      @ForAll @IntRange(min = 221, max = 20_000) int length,
      @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 1, max = 7_000) Integer> chunks)
      throws RejectedException {
    float[] track = GoldenSignals.of("mix", 22_050, 1, length)[0];
    clips.clear();
    cut(SHORT, track, length);
    List<Clip> whole = List.copyOf(clips);
    clips.clear();
    cut(SHORT, track, chunks.stream().mapToInt(Integer::intValue).toArray());
    assertThat(clips).usingRecursiveFieldByFieldElementComparator().isEqualTo(whole);
  }

  /** Earlier contents of the buffers have no effect. */
  @Property(tries = 20, seed = "20241127")
  void aClipDependsOnItsOwnSamplesOnly(@ForAll @IntRange(min = 221, max = 6_615) int length)
      throws RejectedException {
    float[] track = GoldenSignals.of("chord", 22_050, 1, length)[0];
    clips.clear();
    cut(SHORT, track, length);
    try (ClipAnalyzer used = new ClipAnalyzer(SHORT, new JavaRealFft(2048))) {
      float[] noise = GoldenSignals.of("noise", 22_050, 1, 6_000)[0];
      new ClipCutter(SHORT, used, clip -> {}).accept(noise, 0, noise.length);
      ClipCutter cutter = new ClipCutter(SHORT, used, clips::add);
      cutter.accept(track, 0, length);
      cutter.finish();
    }
    assertThat(clips.get(1).coefficients()).isEqualTo(clips.get(0).coefficients());
  }

  private ClipCutter cutter(MfccContract contract) {
    ClipAnalyzer analyzer = new ClipAnalyzer(contract, new JavaRealFft(2048));
    return new ClipCutter(contract, analyzer, clips::add);
  }

  /** Cuts the track in chunks of those lengths, cyclically. */
  private int cut(MfccContract contract, float[] track, int... chunks) throws RejectedException {
    ClipCutter cutter = cutter(contract);
    int chunk = 0;
    for (int from = 0; from < track.length; chunk++) {
      int count = Math.min(chunks[chunk % chunks.length], track.length - from);
      cutter.accept(track, from, count);
      from += count;
    }
    return cutter.finish();
  }
}
