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

/** What tracks are compared by: what was predicted, and the groups of columns of the truth. */
public enum Group {
  PREDICTED_FEATURES(columns(AudioFeatures.getDescriptor())),
  /** The vectors of the model that predicted; they have no columns. */
  EMBEDDING(List.of()),
  AUDIO_FEATURES(columns(AudioFeatures.getDescriptor())),
  SOCIAL_FEATURES(columns(TruthSocialFeatures.getDescriptor())),
  TEMPORAL_FEATURES(IntStream.range(0, 224).mapToObj("%03d"::formatted).toList()),
  RANKS(columns(TruthRanks.getDescriptor())),
  /** Where the artist comes from. */
  METADATA(List.of("artist_latitude", "artist_longitude"));

  private final List<String> columns;

  Group(List<String> columns) {
    this.columns = columns;
  }

  private static List<String> columns(Descriptor message) {
    return message.getFields().stream().map(FieldDescriptor::getName).toList();
  }

  /** The name in requests and answers, for example {@code predicted_features}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The names of the columns, in their order. */
  public List<String> columns() {
    return columns;
  }

  /** The metrics that make sense for it. */
  public List<Metric> metrics() {
    return Arrays.stream(Metric.values())
        .filter(metric -> (metric == Metric.GREAT_CIRCLE) == (this == METADATA))
        .toList();
  }

  /** The metric where none is asked for. */
  public Metric defaultMetric() {
    return switch (this) {
      case METADATA -> Metric.GREAT_CIRCLE;
      // The one that graphs can search.
      case EMBEDDING -> Metric.COSINE;
      default -> Metric.STANDARDISED_EUCLIDEAN;
    };
  }

  public boolean hasTempo() {
    return columns.contains("tempo");
  }

  /** Those that come of the truth. */
  static Set<Group> ofTruth() {
    return EnumSet.complementOf(EnumSet.of(PREDICTED_FEATURES, EMBEDDING));
  }

  /** The tempo's scale as it applies: linear where there is none. */
  Tempo applicable(Tempo tempo) {
    return hasTempo() ? tempo : Tempo.LINEAR;
  }
}
