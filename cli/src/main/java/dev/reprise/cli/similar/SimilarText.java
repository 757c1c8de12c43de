package dev.reprise.cli.similar;

import dev.reprise.cli.output.Terminal;
import dev.reprise.cli.output.TextTable;
import dev.reprise.similarity.v1.Coverage;
import dev.reprise.similarity.v1.Neighbour;
import dev.reprise.similarity.v1.Similar;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Prints similar tracks as a table: the track itself first, then its neighbours. */
public final class SimilarText {
  /** The most columns that a terminal has room for. */
  private static final int MAX_COLUMNS = 12;

  private SimilarText() {}

  public static void print(Similar similar, Terminal terminal) {
    List<String> features =
        similar.getFeaturesCount() > MAX_COLUMNS ? List.of() : similar.getFeaturesList();
    // A column with one value everywhere is omitted.
    boolean withShared =
        similar.getNeighboursList().stream().map(Neighbour::getShared).distinct().count() > 1;
    List<String> header = new ArrayList<>(List.of("track", "distance"));
    if (withShared) {
      header.add("shared");
    }
    int measures = header.size() - 1;
    header.addAll(features);
    TextTable table = new TextTable(header.toArray(String[]::new));
    List<String> none = Collections.nCopies(measures, "");
    table.add(row(similar.getTrackId(), none, features, similar.getValuesMap()));
    for (Neighbour neighbour : similar.getNeighboursList()) {
      List<String> both =
          List.of(
              NumberText.significant(neighbour.getDistance()),
              Integer.toString(neighbour.getShared()));
      table.add(
          row(
              neighbour.getTrackId(),
              both.subList(0, measures),
              features,
              neighbour.getValuesMap()));
    }
    table.print(terminal);
    terminal.note(sentence(similar));
  }

  private static String[] row(
      String trackId, List<String> measures, List<String> features, Map<String, Double> values) {
    List<String> cells = new ArrayList<>(List.of(trackId));
    cells.addAll(measures);
    for (String feature : features) {
      cells.add(values.containsKey(feature) ? NumberText.decimals(values.get(feature)) : "-");
    }
    return cells.toArray(String[]::new);
  }

  private static String sentence(Similar similar) {
    Coverage coverage = similar.getCoverage();
    return "%s by %s%s, %s: compared with %d of %d other tracks, %d of which have all values of this group."
        .formatted(
            similar.getGroup(),
            similar.getMetric(),
            similar.getTempo().equals("circular") ? ", tempo on a circle" : "",
            similar.getSearch().equals("exact") ? "exactly" : "by an approximate index",
            coverage.getCompared(),
            coverage.getTracks(),
            coverage.getComplete());
  }
}
