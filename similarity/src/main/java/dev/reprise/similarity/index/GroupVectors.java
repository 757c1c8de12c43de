package dev.reprise.similarity.index;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.reprise.contract.v1.AudioFeatures;
import dev.reprise.contract.v1.Truth;
import dev.reprise.contract.v1.TruthMetadata;
import java.util.EnumMap;
import java.util.Map;

/** Converts records to vectors, [columns of the group] each, NaN where a value is missing. */
final class GroupVectors {
  /** Larger magnitudes are treated as corrupt; the squares of much larger ones would overflow. */
  private static final double MAX_MAGNITUDE = 1e100;

  private GroupVectors() {}

  static double[] of(AudioFeatures features) {
    return fields(Group.PREDICTED_FEATURES, features);
  }

  /** Returns the vector of each group of the ground truth. */
  static Map<Group, double[]> of(Truth truth) {
    Map<Group, double[]> vectors = new EnumMap<>(Group.class);
    vectors.put(Group.AUDIO_FEATURES, fields(Group.AUDIO_FEATURES, truth.getAudioFeatures()));
    vectors.put(Group.SOCIAL_FEATURES, fields(Group.SOCIAL_FEATURES, truth.getSocialFeatures()));
    vectors.put(
        Group.TEMPORAL_FEATURES,
        Group.TEMPORAL_FEATURES.columns().stream()
            .mapToDouble(
                it -> validOrNaN(truth.getTemporalFeaturesMap().getOrDefault(it, Double.NaN)))
            .toArray());
    vectors.put(Group.RANKS, fields(Group.RANKS, truth.getRanks()));
    vectors.put(Group.METADATA, location(truth.getMetadata()));
    return vectors;
  }

  private static double[] fields(Group group, Message message) {
    return group.columns().stream().mapToDouble(it -> field(message, it)).toArray();
  }

  private static double field(Message message, String name) {
    FieldDescriptor field = message.getDescriptorForType().findFieldByName(name);
    return message.hasField(field) ? validOrNaN((Double) message.getField(field)) : Double.NaN;
  }

  private static double validOrNaN(double value) {
    return Math.abs(value) <= MAX_MAGNITUDE ? value : Double.NaN;
  }

  /** Returns [latitude, longitude], both NaN if either is missing or out of range. */
  private static double[] location(TruthMetadata metadata) {
    double[] location = fields(Group.METADATA, metadata);
    boolean isValid = Math.abs(location[0]) <= 90 && Math.abs(location[1]) <= 180;
    return isValid ? location : new double[] {Double.NaN, Double.NaN};
  }
}
