package dev.reprise.similarity.index;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.reprise.contract.v1.AudioFeatures;
import dev.reprise.contract.v1.Truth;
import dev.reprise.contract.v1.TruthMetadata;
import java.util.EnumMap;
import java.util.Map;

/** Records as vectors, [columns of the group] each, NaN where a value is missing. */
final class GroupVectors {
  /** What is larger is damaged, and squares of still larger ones would not be numbers. */
  private static final double LARGEST = 1e100;

  private GroupVectors() {}

  static double[] of(AudioFeatures features) {
    return fields(Group.PREDICTED_FEATURES, features);
  }

  /** The vector of each group of the truth. */
  static Map<Group, double[]> of(Truth truth) {
    Map<Group, double[]> vectors = new EnumMap<>(Group.class);
    vectors.put(Group.AUDIO_FEATURES, fields(Group.AUDIO_FEATURES, truth.getAudioFeatures()));
    vectors.put(Group.SOCIAL_FEATURES, fields(Group.SOCIAL_FEATURES, truth.getSocialFeatures()));
    vectors.put(
        Group.TEMPORAL_FEATURES,
        Group.TEMPORAL_FEATURES.columns().stream()
            .mapToDouble(
                it -> readable(truth.getTemporalFeaturesMap().getOrDefault(it, Double.NaN)))
            .toArray());
    vectors.put(Group.RANKS, fields(Group.RANKS, truth.getRanks()));
    vectors.put(Group.METADATA, place(truth.getMetadata()));
    return vectors;
  }

  private static double[] fields(Group group, Message message) {
    return group.columns().stream().mapToDouble(it -> field(message, it)).toArray();
  }

  private static double field(Message message, String name) {
    FieldDescriptor field = message.getDescriptorForType().findFieldByName(name);
    return message.hasField(field) ? readable((Double) message.getField(field)) : Double.NaN;
  }

  private static double readable(double value) {
    return Math.abs(value) <= LARGEST ? value : Double.NaN;
  }

  /** Half a place, or one that is not on Earth, is none. */
  private static double[] place(TruthMetadata metadata) {
    double[] place = fields(Group.METADATA, metadata);
    boolean isOnEarth = Math.abs(place[0]) <= 90 && Math.abs(place[1]) <= 180;
    return isOnEarth ? place : new double[] {Double.NaN, Double.NaN};
  }
}
