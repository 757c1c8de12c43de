package dev.reprise.inference.model;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.reprise.contract.Feature;
import dev.reprise.contract.v1.Distribution;
import dev.reprise.contract.v1.ModelReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * The metadata property {@code reprise.reference}: how labels, predictions and inputs were
 * distributed when the model was validated. models/README.md describes it.
 */
final class ReferenceProperty {
  private final JsonObject json;

  ReferenceProperty(String json) {
    this.json = JsonParser.parseString(json).getAsJsonObject();
  }

  /** Returns the mean of the labels per feature, [8], in the feature's unit. */
  List<Double> labelMeans() {
    List<Double> means = new ArrayList<>();
    for (Feature feature : Feature.values()) {
      means.add(statistics(feature, "labels").get("mean").getAsDouble());
    }
    return means;
  }

  /** Returns the distributions of predictions and inputs. */
  ModelReference toRecord(String model, String sha256) {
    ModelReference.Builder reference =
        ModelReference.newBuilder().setModel(model).setSha256(sha256);
    for (Feature feature : Feature.values()) {
      reference.putFeatures(
          feature.label(),
          distribution(statistics(feature, "predictions"), feature.minimum(), feature.maximum()));
    }
    for (Map.Entry<String, JsonElement> input : json.getAsJsonObject("inputs").entrySet()) {
      JsonObject values = input.getValue().getAsJsonObject();
      reference.putInputs(
          input.getKey(),
          distribution(values, values.get("min").getAsDouble(), values.get("max").getAsDouble()));
    }
    return reference.build();
  }

  private JsonObject statistics(Feature feature, String kind) {
    return json.getAsJsonObject("features").getAsJsonObject(feature.label()).getAsJsonObject(kind);
  }

  private Distribution distribution(JsonObject values, double minimum, double maximum) {
    List<Integer> counts = new ArrayList<>(Collections.nCopies(json.get("bins").getAsInt(), 0));
    for (JsonElement pair : values.getAsJsonArray("counts")) {
      JsonArray binAndCount = pair.getAsJsonArray();
      counts.set(binAndCount.get(0).getAsInt(), binAndCount.get(1).getAsInt());
    }
    return Distribution.newBuilder()
        .setMinimum(minimum)
        .setMaximum(maximum)
        .addAllCounts(counts)
        .build();
  }
}
