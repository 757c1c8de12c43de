package dev.reprise.inference.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reprise.contract.Feature;
import dev.reprise.contract.v1.ExtractionComplete;
import dev.reprise.contract.v1.Truncation;
import dev.reprise.inference.scoring.ClipScores;
import dev.reprise.inference.scoring.TempoEstimate;
import dev.reprise.inference.v1.TrackState;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrackStatisticsTest {
  private static final int ENERGY = Feature.ENERGY.ordinal();
  private static final int TEMPO = Feature.TEMPO.ordinal();

  @Test
  void uncertaintyIsTheRootMeanSquareAndDoesNotShrinkWithTheClips() {
    assertThat(of(clip(0.5, 0.3, 120, 1), clip(0.5, 0.4, 120, 1)).uncertainty()[ENERGY])
        .isCloseTo(Math.sqrt((0.09 + 0.16) / 2), within(1e-12));
    ClipScores[] alike = new ClipScores[1_200];
    Arrays.fill(alike, clip(0.5, 0.3, 120, 1));
    assertThat(of(alike).uncertainty()[ENERGY]).isCloseTo(0.3, within(1e-9));
  }

  @Test
  void tempoIsNotTheMeanOfTwoTempos() {
    TrackStatistics track = of(clip(0.2, 0, 160, 0.5), clip(0.4, 0, 80, 0.5));
    assertThat(track.features()[TEMPO]).isEqualTo(80);
    assertThat(track.features()[ENERGY]).isCloseTo(0.3, within(1e-12));
    assertThat(track.standardDeviation()[TEMPO]).isEqualTo(40);
    assertThat(track.tempo()).isEqualTo(new TempoEstimate(80, 160, 0.25));
  }

  @Test
  void tempoIsTheMedianWeightedByConfidence() {
    TrackStatistics track =
        of(clip(0, 0, 60, 0.1), clip(0, 0, 61, 0.1), clip(0, 0, 62, 0.1), clip(0, 0, 150, 0.9));
    assertThat(track.tempo()).isEqualTo(new TempoEstimate(150, 300, 0.225));
    TrackStatistics even =
        of(clip(0, 0, 60, 0.1), clip(0, 0, 61, 0.1), clip(0, 0, 62, 0.1), clip(0, 0, 150, 0.1));
    assertThat(even.tempo().bpm()).isEqualTo(61);
  }

  @Test
  void withoutConfidenceTheClipsAreWeightedEqually() {
    assertThat(of(clip(0, 0, 90, 0), clip(0, 0, 70, 0), clip(0, 0, 80, 0)).tempo())
        .isEqualTo(new TempoEstimate(80, 160, 0));
    assertThat(of(clip(0, 0, 90, 0), clip(0, 0, 70, 0)).tempo().bpm()).isEqualTo(70);
  }

  @Test
  void clipsWithinFourPercentAgree() {
    TrackStatistics track =
        of(clip(0, 0, 100, 0.6), clip(0, 0, 104, 0.2), clip(0, 0, 104.01, 0.2), clip(0, 0, 96, .1));
    assertThat(track.tempo().bpm()).isEqualTo(100);
    assertThat(track.tempo().confidence()).isCloseTo((0.6 + 0.2 + 0.1) / 4, within(1e-12));
  }

  @Test
  void statisticsDependNeitherOnTheOrderNorOnSerialisation() {
    Random random = new Random(7);
    List<ClipScores> clips =
        IntStream.range(0, 50)
            .mapToObj(
                i ->
                    clip(
                        random.nextDouble(),
                        random.nextDouble(),
                        60 + random.nextInt(5),
                        random.nextInt(11) / 10.0))
            .toList();
    TempoEstimate tempo = of(clips.toArray(ClipScores[]::new)).tempo();
    TrackState state = TrackState.getDefaultInstance();
    for (int i = clips.size() - 1; i >= 0; i--) {
      TrackStatistics track = TrackStatistics.of(state, 2);
      track.add(i, clips.get(i));
      track.add(i, clips.get((i + 1) % clips.size()));
      state = track.toState("cafe", i);
    }
    TrackStatistics restored = TrackStatistics.of(state, 2);
    assertThat(restored.scoredClips()).isEqualTo(50);
    assertThat(restored.tempo()).isEqualTo(tempo);
    assertThat(restored.inputs())
        .containsExactly(of(clips.toArray(ClipScores[]::new)).inputs(), within(1e-12));
    assertThat(restored.embedding())
        .containsExactly(of(clips.toArray(ClipScores[]::new)).embedding(), within(1e-12));
    assertThat(restored.uncertainty()[ENERGY])
        .isCloseTo(of(clips.toArray(ClipScores[]::new)).uncertainty()[ENERGY], within(1e-12));
    assertThat(state.getModelSha256()).isEqualTo("cafe");
  }

  @Test
  void embeddingIsTheMeanOverTheClips() {
    assertThat(of(clip(0.25, 0, 120, 1), clip(0.5, 0, 120, 1), clip(0.75, 0, 120, 1)).embedding())
        .containsExactly(new double[] {0.5, -1, 3}, within(1e-12));
  }

  @Test
  void aTrackWhoseTerminalRecordComesFirstHasAnEmbedding() {
    TrackStatistics ended = of();
    ended.complete(ExtractionComplete.newBuilder().setClipCount(1).setDecodedSeconds(30).build());
    TrackStatistics track = TrackStatistics.of(ended.toState("cafe", 0), 2);
    track.add(0, clip(0.25, 0, 120, 1));
    assertThat(track.embedding()).containsExactly(0.25, -0.5, 3);
  }

  @Test
  void marksSurviveARestart() {
    TrackStatistics ended = of();
    Truncation truncation = Truncation.newBuilder().setDecodedSeconds(30).build();
    ended.complete(
        ExtractionComplete.newBuilder()
            .setClipCount(1)
            .setTruncated(truncation)
            .addMarks("truncated")
            .addMarks("of-a-later-version")
            .build());
    TrackStatistics track = TrackStatistics.of(ended.toState("cafe", 0), 2);
    assertThat(track.truncated()).contains(truncation);
    assertThat(track.marks()).containsExactly("truncated");
  }

  /** A mean over only the later clips would be mistaken for that over all. */
  @Test
  void aTrackStartedByAVersionWithoutEmbeddingsHasNone() {
    TrackState older =
        of(clip(0.25, 0, 120, 1)).toState("cafe", 0).toBuilder().clearMeanEmbedding().build();
    TrackStatistics track = TrackStatistics.of(older, 2);
    track.add(1, clip(0.75, 0, 120, 1));
    assertThat(track.embedding()).isEmpty();
    track = TrackStatistics.of(track.toState("cafe", 1), 2);
    track.add(2, clip(0.5, 0, 120, 1));
    assertThat(track.embedding()).isEmpty();
    assertThat(track.features()[ENERGY]).isCloseTo(0.5, within(1e-12));
  }

  private static TrackStatistics of(ClipScores... clips) {
    TrackStatistics track = TrackStatistics.of(TrackState.getDefaultInstance(), 2);
    for (int i = 0; i < clips.length; i++) {
      track.add(i, clips[i]);
    }
    return track;
  }

  private static ClipScores clip(double value, double uncertainty, double bpm, double confidence) {
    double[] features = new double[8];
    Arrays.fill(features, value);
    features[TEMPO] = bpm;
    double[] uncertainties = new double[8];
    Arrays.fill(uncertainties, uncertainty);
    return new ClipScores(
        features,
        uncertainties,
        new TempoEstimate(bpm, 2 * bpm, confidence),
        new double[] {0.25, 0.75},
        new double[] {value, -2 * value, 3},
        new double[] {-20, 100, value, 0, 0});
  }
}
