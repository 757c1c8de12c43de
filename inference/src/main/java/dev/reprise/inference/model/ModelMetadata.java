package dev.reprise.inference.model;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.reprise.contract.Feature;
import dev.reprise.contract.ModelId;
import dev.reprise.contract.v1.ModelReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The metadata of a model, read from the ONNX file.
 *
 * @param sha256 of the file, in lower-case hexadecimal
 * @param contract name of the MFCC contract that the model was trained under
 * @param genres names in the order of the output
 * @param r2 cross-validated coefficient of determination per feature, [8]
 * @param labelMeans mean of the labels that it was trained on, [8], in each feature's unit
 * @param reference the distributions that drift is measured against
 */
public record ModelMetadata(
    String name,
    String version,
    String sha256,
    String contract,
    String contractSha256,
    List<String> genres,
    List<Double> r2,
    List<Double> labelMeans,
    ModelReference reference) {
  public ModelMetadata {
    genres = List.copyOf(genres);
    r2 = List.copyOf(r2);
    labelMeans = List.copyOf(labelMeans);
  }

  /**
   * Parses the metadata properties of an ONNX file.
   *
   * @param custom the properties, by key
   * @param sha256 of the file, in lower-case hexadecimal
   * @throws ModelException if a property is missing or not of the expected shape
   */
  static ModelMetadata parse(Map<String, String> custom, String sha256) throws ModelException {
    try {
      requireFeatures(JsonParser.parseString(get(custom, "reprise.features")).getAsJsonArray());
      String name = get(custom, "reprise.model.name");
      String version = get(custom, "reprise.model.version");
      ReferenceProperty reference = new ReferenceProperty(get(custom, "reprise.reference"));
      return new ModelMetadata(
          name,
          version,
          sha256,
          get(custom, "reprise.contract.name"),
          get(custom, "reprise.contract.sha256"),
          strings(JsonParser.parseString(get(custom, "reprise.genres")).getAsJsonArray()),
          r2(JsonParser.parseString(get(custom, "reprise.cross_validation")).getAsJsonObject()),
          reference.labelMeans(),
          reference.toRecord(ModelId.of(name, version), sha256));
    } catch (RuntimeException e) {
      // Gson throws several exceptions for JSON of an unexpected shape.
      throw new ModelException("its metadata is not of the expected shape (" + e + ")", e);
    }
  }

  private static String get(Map<String, String> custom, String key) throws ModelException {
    String value = custom.get(key);
    if (value == null) {
      throw new ModelException("its metadata lacks " + key);
    }
    return value;
  }

  private static void requireFeatures(JsonArray features) throws ModelException {
    List<String> names = new ArrayList<>();
    for (JsonElement feature : features) {
      names.add(feature.getAsJsonObject().get("name").getAsString());
    }
    List<String> expected = new ArrayList<>();
    for (Feature feature : Feature.values()) {
      expected.add(feature.label());
    }
    if (!names.equals(expected)) {
      throw new ModelException("its features are " + names + ", not " + expected);
    }
  }

  private static List<String> strings(JsonArray array) {
    List<String> strings = new ArrayList<>();
    array.forEach(element -> strings.add(element.getAsString()));
    return strings;
  }

  private static List<Double> r2(JsonObject crossValidation) {
    JsonObject features = crossValidation.getAsJsonObject("features");
    List<Double> r2 = new ArrayList<>();
    for (Feature feature : Feature.values()) {
      r2.add(features.getAsJsonObject(feature.label()).get("r2").getAsDouble());
    }
    return r2;
  }
}
