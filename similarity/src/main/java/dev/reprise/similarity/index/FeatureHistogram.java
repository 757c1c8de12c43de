package dev.reprise.similarity.index;

import dev.reprise.contract.Feature;
import dev.reprise.similarity.table.VectorTable;

/** Computes the histogram of a predicted feature. */
final class FeatureHistogram {
  private FeatureHistogram() {}

  static int[] of(TrackVectors vectors, Feature feature, int bins, String model) {
    VectorTable table = vectors.table(Group.PREDICTED_FEATURES);
    int column = Group.PREDICTED_FEATURES.columns().indexOf(feature.label());
    int[] counts = new int[bins];
    vectors
        .tracks
        .all()
        .filter(track -> model.equals(track.model))
        .mapToDouble(track -> table.value(track.row, column))
        .filter(value -> !Double.isNaN(value))
        .forEach(value -> counts[bin(feature, value, bins)]++);
    return counts;
  }

  private static int bin(Feature feature, double value, int bins) {
    double width = feature.maximum() - feature.minimum();
    double position = Math.floor((value - feature.minimum()) / width * bins);
    return (int) Math.max(0, Math.min(bins - 1, position));
  }
}
