package dev.reprise.cli.output;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.reprise.contract.Feature;
import dev.reprise.contract.v1.AudioFeatures;
import java.util.OptionalDouble;

/** Reads feature values by name. */
final class FeatureValues {
  private FeatureValues() {}

  static OptionalDouble get(AudioFeatures features, Feature feature) {
    FieldDescriptor field = AudioFeatures.getDescriptor().findFieldByName(feature.label());
    return features.hasField(field)
        ? OptionalDouble.of((double) features.getField(field))
        : OptionalDouble.empty();
  }
}
