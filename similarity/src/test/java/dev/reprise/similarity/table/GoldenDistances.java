package dev.reprise.similarity.table;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Reads the golden files written by similarity/src/test/golden/make_goldens.py. */
final class GoldenDistances {
  private static final Path FOLDER = Path.of("src/test/golden");

  private GoldenDistances() {}

  /** One case of a golden file; its name is the display name of the parameterised test. */
  record Case(JsonObject json) {
    boolean has(String name) {
      return !json.get(name).isJsonNull();
    }

    double number(String name) {
      return json.get(name).getAsDouble();
    }

    Case part(String name) {
      return new Case(json.getAsJsonObject(name));
    }

    double[] numbers(String name) {
      return numbers(json.getAsJsonArray(name));
    }

    /** Returns a matrix, with NaN for null. */
    double[][] matrix(String name) {
      return json.getAsJsonArray(name).asList().stream()
          .map(row -> numbers(row.getAsJsonArray()))
          .toArray(double[][]::new);
    }

    private static double[] numbers(JsonArray numbers) {
      return numbers.asList().stream()
          .mapToDouble(it -> it.isJsonNull() ? Double.NaN : it.getAsDouble())
          .toArray();
    }

    @Override
    public String toString() {
      return json.get("name").getAsString();
    }
  }

  static Stream<Case> cases(String file) {
    try {
      return JsonParser.parseString(Files.readString(FOLDER.resolve(file)))
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
