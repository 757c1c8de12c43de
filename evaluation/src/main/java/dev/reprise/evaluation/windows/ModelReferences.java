package dev.reprise.evaluation.windows;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.reprise.contract.Json;
import dev.reprise.contract.v1.Distribution;
import dev.reprise.contract.v1.ModelReference;
import dev.reprise.evaluation.drift.Binning;
import dev.reprise.evaluation.drift.Histogram;
import dev.reprise.evaluation.series.Variable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reference distributions of every model that an instance has served, even if its file has been
 * deleted. Every instance reads the whole model-references topic. Not thread-safe.
 */
public final class ModelReferences {
  public static final String STORE = "model-references";
  private static final Logger log = LoggerFactory.getLogger(ModelReferences.class);

  private final ReadOnlyKeyValueStore<String, ValueAndTimestamp<byte[]>> store;
  private final Map<String, Parsed> parsed = new HashMap<>();

  ModelReferences(ReadOnlyKeyValueStore<String, ValueAndTimestamp<byte[]>> store) {
    this.store = store;
  }

  /** A reference and the record that it was read from. */
  @SuppressWarnings("ArrayRecordComponent") // Compared by Arrays.equals.
  private record Parsed(byte[] json, ModelReference reference) {}

  /** Returns the distribution of a variable; empty if it is unknown or has other bins. */
  Optional<Histogram> of(String model, Variable variable) {
    ValueAndTimestamp<byte[]> record = store.get(model);
    if (record == null) {
      return Optional.empty();
    }
    Parsed known = parsed.get(model);
    if (known == null || !Arrays.equals(known.json, record.value())) {
      known = new Parsed(record.value(), parse(model, record.value()));
      parsed.put(model, known);
    }
    Map<String, Distribution> distributions =
        variable.isInput() ? known.reference.getInputsMap() : known.reference.getFeaturesMap();
    return Optional.ofNullable(distributions.get(variable.label()))
        .filter(distribution -> isComparable(distribution, variable.binning()))
        .map(distribution -> histogram(distribution, variable.binning()));
  }

  private static ModelReference parse(String model, byte[] json) {
    ModelReference.Builder reference = ModelReference.newBuilder();
    try {
      Json.parse(json, reference);
      return reference.build();
    } catch (InvalidProtocolBufferException e) {
      log.warn(
          "The reference of model {} is not a ModelReference in JSON: {}", model, e.toString());
      return ModelReference.getDefaultInstance();
    }
  }

  private static boolean isComparable(Distribution distribution, Binning binning) {
    return distribution.getMinimum() == binning.minimum()
        && distribution.getMaximum() == binning.maximum()
        && distribution.getCountsCount() == Binning.BINS
        && distribution.getCountsList().stream().allMatch(count -> count >= 0)
        && distribution.getCountsList().stream().anyMatch(count -> count > 0);
  }

  private static Histogram histogram(Distribution distribution, Binning binning) {
    return new Histogram(
        binning, distribution.getCountsList().stream().mapToLong(Integer::longValue).toArray());
  }
}
