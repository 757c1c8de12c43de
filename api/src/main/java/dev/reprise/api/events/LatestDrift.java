package dev.reprise.api.events;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.reprise.contract.Json;
import dev.reprise.contract.v1.Distribution;
import dev.reprise.contract.v1.Drift;
import dev.reprise.contract.v1.ModelReference;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reference distributions of models, and the latest drift that the evaluation measured against them
 * over all time. Thread-safe.
 */
public final class LatestDrift {
  private final Map<String, ModelReference> references = new ConcurrentHashMap<>();
  private final Map<String, Double> psi = new ConcurrentHashMap<>();

  /** Returns the distribution of a feature's predictions in the model's validation. */
  public Optional<Distribution> reference(String model, String feature) {
    return Optional.ofNullable(references.get(model))
        .map(reference -> reference.getFeaturesMap().get(feature));
  }

  /** Returns the population stability index of a feature's predictions. */
  public OptionalDouble psi(String model, String feature) {
    Double value = psi.get(key(model, feature));
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  void acceptReference(byte[] json) throws InvalidProtocolBufferException {
    ModelReference.Builder reference = ModelReference.newBuilder();
    Json.parse(json, reference);
    references.put(reference.getModel(), reference.build());
  }

  void acceptDrift(byte[] json) throws InvalidProtocolBufferException {
    Drift.Builder drift = Drift.newBuilder();
    Json.parse(json, drift);
    if (drift.getScope().getRole().equals("serving")
        && !drift.getScope().hasWindowStart()
        && drift.getReference().equals("training")
        && drift.hasScores()) {
      psi.put(
          key(drift.getScope().getModel(), drift.getScope().getFeature()),
          drift.getScores().getPsi());
    }
  }

  private static String key(String model, String feature) {
    return model + "\0" + feature;
  }
}
