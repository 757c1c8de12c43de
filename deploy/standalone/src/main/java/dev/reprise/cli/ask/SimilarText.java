package dev.reprise.cli.ask;

import dev.reprise.api.v1.Coverage;
import dev.reprise.api.v1.Neighbour;
import dev.reprise.api.v1.Similar;
import dev.reprise.cli.print.Terminal;
import dev.reprise.cli.print.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Similar tracks as a table: the track itself first, then its neighbours. */
public final class SimilarText {
  /** More columns than a terminal has room for. */
  private static final int MAX_COLUMNS = 12;

  private SimilarText() {}

  public static void print(Similar similar, Terminal terminal) {
    List<String> features =
        similar.getFeaturesCount() > MAX_COLUMNS ? List.of() : similar.getFeaturesList();
    boolean cosine = similar.getNeighboursList().stream().anyMatch(Neighbour::hasSimilarity);
    List<String> header = new ArrayList<>(List.of("track", cosine ? "similarity" : "distance"));
    header.addAll(features);
    TextTable table = new TextTable(header.toArray(String[]::new));
    table.add(row(similar.getTrackId(), "", features, similar.getValuesMap()));
    for (Neighbour neighbour : similar.getNeighboursList()) {
      double figure = cosine ? neighbour.getSimilarity() : neighbour.getDistance();
      table.add(row(neighbour.getTrackId(), six(figure), features, neighbour.getValuesMap()));
    }
    table.print(terminal);
    terminal.note(sentence(similar));
  }

  private static String[] row(
      String trackId, String figure, List<String> features, Map<String, Double> values) {
    List<String> cells = new ArrayList<>(List.of(trackId, figure));
    for (String feature : features) {
      cells.add(values.containsKey(feature) ? three(values.get(feature)) : "-");
    }
    return cells.toArray(String[]::new);
  }

  private static String sentence(Similar similar) {
    Coverage coverage = similar.getCoverage();
    return "%s by %s%s, %s: compared with %d of %d other tracks, %d of which lack nothing."
        .formatted(
            similar.getGroup(),
            similar.getMetric(),
            similar.getTempo().equals("circular") ? ", tempo on a circle" : "",
            similar.getSearch().equals("exact") ? "exactly" : "by an approximate index",
            coverage.getCompared(),
            coverage.getTracks(),
            coverage.getComplete());
  }

  static String six(double value) {
    return String.format(Locale.ROOT, "%.6f", value);
  }

  static String three(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }
}
