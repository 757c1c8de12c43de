package dev.reprise.inference.topology;

import com.google.protobuf.ByteString;
import dev.reprise.inference.v1.TrackState;
import java.util.BitSet;
import java.util.List;

/**
 * Mean and deviation over the clips of one track, one clip at a time, each counted once however
 * often it comes.
 *
 * <p>The mean and the squared deviations are updated as in B. P. Welford, "Note on a method for
 * calculating corrected sums of squares and products", Technometrics 4 (1962): the difference of
 * two large sums would lose the deviation of a steady tempo in rounding.
 *
 * <p>Not thread-safe.
 */
final class TrackStatistics {
  private final BitSet scored;
  private final double[] mean;
  private final double[] squaredDeviations;
  private final double[] genreSum;
  private int clipCount;
  private double decodedSeconds;

  private TrackStatistics(TrackState state, int features, int genres) {
    this.scored = BitSet.valueOf(state.getScored().toByteArray());
    this.mean = values(state.getMeanList(), features);
    this.squaredDeviations = values(state.getSquaredDeviationsList(), features);
    this.genreSum = values(state.getGenreSumList(), genres);
    this.clipCount = state.hasClipCount() ? state.getClipCount() : -1;
    this.decodedSeconds = state.getDecodedSeconds();
  }

  static TrackStatistics of(TrackState state, int features, int genres) {
    return new TrackStatistics(state, features, genres);
  }

  private static double[] values(List<Double> list, int length) {
    return list.isEmpty()
        ? new double[length]
        : list.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** Adds a clip, unless it has been added before. */
  void add(Scored.Clip clip) {
    if (scored.get(clip.index())) {
      return;
    }
    scored.set(clip.index());
    int n = scored.cardinality();
    for (int i = 0; i < mean.length; i++) {
      double difference = clip.features()[i] - mean[i];
      mean[i] += difference / n;
      squaredDeviations[i] += difference * (clip.features()[i] - mean[i]);
    }
    for (int i = 0; i < genreSum.length; i++) {
      genreSum[i] += clip.genres()[i];
    }
  }

  void complete(int newClipCount, double newDecodedSeconds) {
    clipCount = newClipCount;
    decodedSeconds = newDecodedSeconds;
  }

  /** Whether the terminal record is in, and every clip with it. */
  boolean isComplete() {
    return clipCount >= 0 && scored.cardinality() == clipCount;
  }

  int scoredClips() {
    return scored.cardinality();
  }

  double decodedSeconds() {
    return decodedSeconds;
  }

  double[] mean() {
    return mean.clone();
  }

  /** Population standard deviation. */
  double[] standardDeviation() {
    double[] deviation = new double[mean.length];
    for (int i = 0; i < deviation.length; i++) {
      deviation[i] = Math.sqrt(squaredDeviations[i] / scored.cardinality());
    }
    return deviation;
  }

  double[] meanGenres() {
    double[] probabilities = new double[genreSum.length];
    for (int i = 0; i < probabilities.length; i++) {
      probabilities[i] = genreSum[i] / scored.cardinality();
    }
    return probabilities;
  }

  TrackState toState(long nowMillis) {
    TrackState.Builder state =
        TrackState.newBuilder()
            .setScored(ByteString.copyFrom(scored.toByteArray()))
            .setDecodedSeconds(decodedSeconds)
            .setUpdatedMs(nowMillis);
    for (int i = 0; i < mean.length; i++) {
      state.addMean(mean[i]).addSquaredDeviations(squaredDeviations[i]);
    }
    for (double sum : genreSum) {
      state.addGenreSum(sum);
    }
    if (clipCount >= 0) {
      state.setClipCount(clipCount);
    }
    return state.build();
  }
}
