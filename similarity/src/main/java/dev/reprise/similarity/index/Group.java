package dev.reprise.similarity.index;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.reprise.contract.v1.AudioFeatures;
import dev.reprise.contract.v1.TruthRanks;
import dev.reprise.contract.v1.TruthSocialFeatures;
import dev.reprise.similarity.table.Metric;
import dev.reprise.similarity.table.Tempo;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;

/** A group of values that tracks are compared by: predictions, or columns of the ground truth. */
public enum Group {
  PREDICTED_FEATURES(columns(AudioFeatures.getDescriptor())),
  /** The model's embeddings, which have no named columns. */
  EMBEDDING(List.of()),
  AUDIO_FEATURES(columns(AudioFeatures.getDescriptor())),
  SOCIAL_FEATURES(columns(TruthSocialFeatures.getDescriptor())),
  TEMPORAL_FEATURES(IntStream.range(0, 224).mapToObj("%03d"::formatted).toList()),
  RANKS(columns(TruthRanks.getDescriptor())),
  /** The artist's location. */
  METADATA(List.of("artist_latitude", "artist_longitude"));

  private final List<String> columns;

  Group(List<String> columns) {
    this.columns = columns;
  }

  private static List<String> columns(Descriptor message) {
    return message.getFields().stream().map(FieldDescriptor::getName).toList();
  }

  /** Returns the name in requests and responses, for example {@code predicted_features}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the names of the columns, in their order. */
  public List<String> columns() {
    return columns;
  }

  /** Returns the metrics that apply to the group. */
  public List<Metric> metrics() {
    return Arrays.stream(Metric.values())
        .filter(metric -> (metric == Metric.GREAT_CIRCLE) == (this == METADATA))
        .toList();
  }

  /** Returns the metric for requests that give none. */
  public Metric defaultMetric() {
    return switch (this) {
      case METADATA -> Metric.GREAT_CIRCLE;
      // Searched by a graph.
      case EMBEDDING -> Metric.COSINE;
      default -> Metric.STANDARDISED_EUCLIDEAN;
    };
  }

  public boolean hasTempo() {
    return columns.contains("tempo");
  }

  /** Returns the groups of the ground truth. */
  static Set<Group> ofTruth() {
    return EnumSet.complementOf(EnumSet.of(PREDICTED_FEATURES, EMBEDDING));
  }

  /** Returns the tempo scale that applies to the group: linear if it has no tempo. */
  Tempo applicable(Tempo tempo) {
    return hasTempo() ? tempo : Tempo.LINEAR;
  }
}
