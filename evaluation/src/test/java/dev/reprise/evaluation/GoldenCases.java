package dev.reprise.evaluation;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Reads the golden files that evaluation/src/test/golden/make_goldens.py wrote. */
public final class GoldenCases {
  private static final Path FOLDER = Path.of("src/test/golden");

  private GoldenCases() {}

  /** One case of a golden file; displayed by its name. */
  public record Case(JsonObject json) {
    public double number(String name) {
      return json.get(name).getAsDouble();
    }

    public Case part(String name) {
      return new Case(json.getAsJsonObject(name));
    }

    public boolean has(String name) {
      return json.has(name) && !json.get(name).isJsonNull();
    }

    public double[] numbers(String name) {
      JsonArray numbers = json.getAsJsonArray(name);
      return numbers.asList().stream().mapToDouble(JsonElement::getAsDouble).toArray();
    }

    /**
     * Returns the counts of all bins, [bins], from the pairs [bin, count] of those that are not
     * empty.
     */
    public long[] counts(String name, int bins) {
      long[] counts = new long[bins];
      for (JsonElement pair : json.getAsJsonArray(name)) {
        counts[pair.getAsJsonArray().get(0).getAsInt()] = pair.getAsJsonArray().get(1).getAsLong();
      }
      return counts;
    }

    @Override
    public String toString() {
      return json.get("name").getAsString();
    }
  }

  public static Stream<Case> cases(String file) {
    try {
      String text = Files.readString(FOLDER.resolve(file));
      return JsonParser.parseString(text)
          .getAsJsonObject()
          .getAsJsonArray("cases")
          .asList()
          .stream()
          .map(JsonElement::getAsJsonObject)
          .map(Case::new);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
