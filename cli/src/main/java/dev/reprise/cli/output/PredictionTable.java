package dev.reprise.cli.output;

import dev.reprise.contract.Feature;
import dev.reprise.contract.v1.Prediction;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** A table of predictions in columns of fixed width, since rows are printed as they arrive. */
public final class PredictionTable {
  /**
   * Below this cross-validated R² a feature is marked: the model explains less than a fifth of the
   * variance between tracks, and a user would trust it too far.
   */
  private static final double LOW_R2 = 0.2;

  private static final List<String> COLUMNS =
      List.of("acoust.", "dance.", "energy", "instr.", "live.", "speech.", "tempo", "valence");
  private static final int MAX_ID_CHARS = 48;

  private PredictionTable() {}

  static List<String> header(IdColumn ids) {
    StringBuilder line = new StringBuilder(pad("track", ids));
    COLUMNS.forEach(name -> line.append(" %8s".formatted(name)));
    String columns = line.append("  genre").toString();
    return ids.folder().isEmpty()
        ? List.of(columns)
        : List.of("Track ids below " + ids.folder() + ":", columns);
  }

  static String row(Prediction prediction, IdColumn ids) {
    StringBuilder line = new StringBuilder(pad(ids.cell(prediction.getTrackId()), ids));
    for (Feature feature : Feature.values()) {
      line.append(" %8s".formatted(cell(prediction, feature)));
    }
    if (prediction.getGenresCount() > 0) {
      line.append("  ").append(prediction.getGenres(0).getName());
    }
    if (prediction.getMarksCount() > 0) {
      line.append("  [").append(String.join(", ", prediction.getMarksList())).append("]");
    }
    return line.toString();
  }

  /** Returns an explanation of the table's marks, if there are any: features with a low R². */
  public static Optional<String> legend(Prediction prediction) {
    List<String> marked =
        List.of(Feature.values()).stream()
            .filter(feature -> isMarked(prediction, feature))
            .map(Feature::label)
            .toList();
    return marked.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "~ low confidence: the model's cross-validated R2 is below %.1f for %s."
                .formatted(LOW_R2, String.join(", ", marked)));
  }

  private static String cell(Prediction prediction, Feature feature) {
    OptionalDouble value = FeatureValues.get(prediction.getFeatures(), feature);
    if (value.isEmpty()) {
      return "-";
    }
    String format = feature == Feature.TEMPO ? "%.1f" : "%.3f";
    return (isMarked(prediction, feature) ? "~" : "")
        + String.format(Locale.ROOT, format, value.getAsDouble());
  }

  private static boolean isMarked(Prediction prediction, Feature feature) {
    return FeatureValues.get(prediction.getR2(), feature).orElse(0) < LOW_R2;
  }

  private static String pad(String text, IdColumn ids) {
    int width = Math.max("track".length(), Math.min(ids.width(), MAX_ID_CHARS));
    return text + " ".repeat(Math.max(0, width - text.length()));
  }
}
