package dev.reprise.cli.output;

import dev.reprise.contract.Feature;
import dev.reprise.contract.ModelId;
import dev.reprise.contract.v1.Prediction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/** Predictions as comma-separated values (RFC 4180), a header first. */
final class PredictionCsv {
  private PredictionCsv() {}

  static String header() {
    List<String> names = new ArrayList<>(List.of("track_id"));
    Arrays.stream(Feature.values()).map(Feature::label).forEach(names::add);
    names.addAll(
        List.of("genre", "genre_probability", "duration_seconds", "clip_count", "model", "marks"));
    return String.join(",", names);
  }

  static String row(Prediction prediction) {
    List<String> cells = new ArrayList<>(List.of(quote(prediction.getTrackId())));
    for (Feature feature : Feature.values()) {
      OptionalDouble value = FeatureValues.get(prediction.getFeatures(), feature);
      cells.add(value.isPresent() ? Double.toString(value.getAsDouble()) : "");
    }
    boolean hasGenre = prediction.getGenresCount() > 0;
    cells.add(hasGenre ? quote(prediction.getGenres(0).getName()) : "");
    cells.add(hasGenre ? Double.toString(prediction.getGenres(0).getProbability()) : "");
    cells.add(Double.toString(prediction.getDurationSeconds()));
    cells.add(Integer.toString(prediction.getClipCount()));
    cells.add(quote(ModelId.of(prediction.getModel())));
    cells.add(String.join(" ", prediction.getMarksList()));
    return String.join(",", cells);
  }

  private static String quote(String text) {
    return text.matches("(?s).*[\",\r\n].*") ? '"' + text.replace("\"", "\"\"") + '"' : text;
  }
}
