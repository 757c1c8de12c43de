package dev.reprise.inference.track;

import com.google.protobuf.ByteString;
import dev.reprise.contract.Feature;
import dev.reprise.contract.Mark;
import dev.reprise.contract.v1.ExtractionComplete;
import dev.reprise.contract.v1.Truncation;
import dev.reprise.inference.scoring.ClipScores;
import dev.reprise.inference.scoring.InputSummary;
import dev.reprise.inference.scoring.TempoEstimate;
import dev.reprise.inference.v1.TrackState;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Running statistics over the clips of one track. Each clip counts once, however often it is added.
 *
 * <p>The mean and the squared deviations are updated as in B. P. Welford, "Note on a method for
 * calculating corrected sums of squares and products", Technometrics 4 (1962): the difference of
 * two large sums would lose the deviation of a steady tempo in rounding.
 *
 * <p>Not thread-safe.
 */
public final class TrackStatistics {
  private static final int FEATURES = Feature.values().length;

  private final BitSet scored;
  private final double[] mean;
  private final double[] squaredDeviations;
  private final double[] squaredUncertainty;
  private final double[] genreSum;
  private final double[] meanInputs;
  private final List<TempoEstimate> tempos;

  /** Empty before the first clip, and for good if a version without embeddings scored a clip. */
  private double[] meanEmbedding;

  private int clipCount;
  private double decodedSeconds;
  private @Nullable Truncation truncated;
  private List<String> marks;

  private TrackStatistics(TrackState state, int genres) {
    this.scored = BitSet.valueOf(state.getScored().toByteArray());
    this.mean = values(state.getMeanList(), FEATURES);
    this.squaredDeviations = values(state.getSquaredDeviationsList(), FEATURES);
    this.squaredUncertainty = values(state.getSquaredUncertaintyList(), FEATURES);
    this.genreSum = values(state.getGenreSumList(), genres);
    this.meanInputs = values(state.getMeanInputsList(), InputSummary.SIZE);
    this.meanEmbedding = values(state.getMeanEmbeddingList(), 0);
    this.tempos = tempos(state);
    this.clipCount = state.hasClipCount() ? state.getClipCount() : -1;
    this.decodedSeconds = state.getDecodedSeconds();
    this.truncated = state.hasTruncated() ? state.getTruncated() : null;
    this.marks = state.getMarksList();
  }

  /**
   * Restores the statistics of a track from its state.
   *
   * @param genres number of genres of the model that scores the track
   */
  static TrackStatistics of(TrackState state, int genres) {
    return new TrackStatistics(state, genres);
  }

  private static double[] values(List<Double> list, int length) {
    return list.isEmpty()
        ? new double[length]
        : list.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static List<TempoEstimate> tempos(TrackState state) {
    List<TempoEstimate> tempos = new ArrayList<>();
    for (int i = 0; i < state.getTempoCount(); i++) {
      tempos.add(
          new TempoEstimate(
              state.getTempo(i), state.getTempoAlternate(i), state.getTempoConfidence(i)));
    }
    return tempos;
  }

  /** Adds a clip, unless it has been added before. */
  void add(int index, ClipScores clip) {
    if (scored.get(index)) {
      return;
    }
    scored.set(index);
    int n = scored.cardinality();
    if (n == 1) {
      meanEmbedding = new double[clip.embedding().length];
    }
    for (int i = 0; i < FEATURES; i++) {
      double difference = clip.features()[i] - mean[i];
      mean[i] += difference / n;
      squaredDeviations[i] += difference * (clip.features()[i] - mean[i]);
      squaredUncertainty[i] += clip.uncertainty()[i] * clip.uncertainty()[i];
    }
    for (int i = 0; i < genreSum.length; i++) {
      genreSum[i] += clip.genres()[i];
    }
    for (int i = 0; i < meanInputs.length; i++) {
      meanInputs[i] += (clip.inputs()[i] - meanInputs[i]) / n;
    }
    for (int i = 0; i < meanEmbedding.length; i++) {
      meanEmbedding[i] += (clip.embedding()[i] - meanEmbedding[i]) / n;
    }
    tempos.add(clip.tempo());
  }

  /** Sets the totals of the terminal record; drops marks that only a later version knows. */
  void complete(ExtractionComplete totals) {
    clipCount = totals.getClipCount();
    decodedSeconds = totals.getDecodedSeconds();
    truncated = totals.hasTruncated() ? totals.getTruncated() : null;
    marks = totals.getMarksList().stream().filter(m -> Mark.ofLabel(m).isPresent()).toList();
  }

  /** Returns whether the terminal record and all clips have been added. */
  boolean isComplete() {
    return clipCount >= 0 && scored.cardinality() == clipCount;
  }

  int scoredClips() {
    return scored.cardinality();
  }

  double decodedSeconds() {
    return decodedSeconds;
  }

  Optional<Truncation> truncated() {
    return Optional.ofNullable(truncated);
  }

  /** Returns labels of {@link Mark}. */
  List<String> marks() {
    return marks;
  }

  /** Returns the means over the clips, [8], with the tempo from {@link #tempo}. */
  double[] features() {
    double[] features = mean.clone();
    features[Feature.TEMPO.ordinal()] = tempo().bpm();
    return features;
  }

  TempoEstimate tempo() {
    return TrackTempo.of(tempos);
  }

  /** Returns the population standard deviation over the clips, [8]. */
  double[] standardDeviation() {
    return rootOfMean(squaredDeviations);
  }

  /**
   * Returns the root mean square over the clips, [8]: errors within a track are correlated, so that
   * the error of the mean does not shrink with the number of clips.
   */
  double[] uncertainty() {
    return rootOfMean(squaredUncertainty);
  }

  private double[] rootOfMean(double[] squares) {
    double[] roots = new double[squares.length];
    for (int i = 0; i < roots.length; i++) {
      roots[i] = Math.sqrt(squares[i] / scored.cardinality());
    }
    return roots;
  }

  double[] meanGenres() {
    double[] probabilities = new double[genreSum.length];
    for (int i = 0; i < probabilities.length; i++) {
      probabilities[i] = genreSum[i] / scored.cardinality();
    }
    return probabilities;
  }

  /** Returns the mean over the clips, [5], as {@link InputSummary} defines it. */
  double[] inputs() {
    return meanInputs.clone();
  }

  /** Returns the mean over the clips, [E]; empty if a clip's embedding is unknown. */
  double[] embedding() {
    return meanEmbedding.clone();
  }

  TrackState toState(String modelSha256, long nowMillis) {
    TrackState.Builder state =
        TrackState.newBuilder()
            .setScored(ByteString.copyFrom(scored.toByteArray()))
            .setDecodedSeconds(decodedSeconds)
            .setModelSha256(modelSha256)
            .setUpdatedMs(nowMillis);
    for (int i = 0; i < FEATURES; i++) {
      state.addMean(mean[i]);
      state.addSquaredDeviations(squaredDeviations[i]);
      state.addSquaredUncertainty(squaredUncertainty[i]);
    }
    for (double sum : genreSum) {
      state.addGenreSum(sum);
    }
    for (double mean : meanInputs) {
      state.addMeanInputs(mean);
    }
    for (double mean : meanEmbedding) {
      state.addMeanEmbedding(mean);
    }
    for (TempoEstimate tempo : tempos) {
      state.addTempo(tempo.bpm());
      state.addTempoAlternate(tempo.alternateBpm());
      state.addTempoConfidence(tempo.confidence());
    }
    if (clipCount >= 0) {
      state.setClipCount(clipCount);
    }
    truncated().ifPresent(state::setTruncated);
    state.addAllMarks(marks);
    return state.build();
  }
}
