package dev.reprise.cli.similar;

import dev.reprise.cli.output.Terminal;
import dev.reprise.cli.output.TextTable;
import dev.reprise.similarity.v1.Agreement;
import dev.reprise.similarity.v1.ComparedGroup;
import dev.reprise.similarity.v1.ComparedSearch;
import dev.reprise.similarity.v1.Comparison;
import dev.reprise.similarity.v1.FeatureScale;
import dev.reprise.similarity.v1.LeftOut;
import dev.reprise.similarity.v1.Neighbour;
import dev.reprise.similarity.v1.SearchName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Prints a comparison of groups and metrics as tables: scales, neighbours, agreement. */
public final class ComparisonText {
  /** A column with a larger share of the distance outweighs all others together. */
  private static final double DOMINANT_SHARE = 0.5;

  private ComparisonText() {}

  public static void print(Comparison comparison, Terminal terminal) {
    for (ComparedGroup group : comparison.getGroupsList()) {
      if (isComparedBy("euclidean", group, comparison)) {
        printScales(group, terminal);
      }
    }
    terminal.print("The " + comparison.getK() + " nearest, by group and metric:");
    TextTable searches = new TextTable("", "group", "metric", "compared", "nearest");
    for (int i = 0; i < comparison.getSearchesCount(); i++) {
      ComparedSearch search = comparison.getSearches(i);
      searches.add(
          Integer.toString(i + 1),
          search.getGroup(),
          search.getMetric(),
          Integer.toString(search.getCoverage().getCompared()),
          search.getNeighboursList().stream()
              .map(Neighbour::getTrackId)
              .collect(Collectors.joining(" ")));
    }
    searches.print(terminal);
    terminal.print("");
    terminal.print("Share of the nearest that each pair has in common:");
    matrix(comparison, agreement -> Optional.of(agreement.getOverlap())).print(terminal);
    terminal.print("");
    terminal.print("Spearman's rank correlation of the distances to all tracks:");
    matrix(
            comparison,
            agreement ->
                agreement.hasRankCorrelation()
                    ? Optional.of(agreement.getRankCorrelation())
                    : Optional.empty())
        .print(terminal);
    for (LeftOut leftOut : comparison.getLeftOutList()) {
      terminal.note(leftOut.getGroup() + " was excluded: " + leftOut.getWhy());
    }
  }

  private static void printScales(ComparedGroup group, Terminal terminal) {
    if (group.getFeaturesCount() == 0) {
      return;
    }
    terminal.print(
        group.getGroup() + ", with each column's share of the raw squared Euclidean distance:");
    TextTable table =
        new TextTable("column", "tracks", "minimum", "maximum", "mean", "deviation", "share");
    for (FeatureScale scale : group.getFeaturesList()) {
      table.add(
          scale.getFeature(),
          Integer.toString(scale.getTracks()),
          NumberText.significant(scale.getMinimum()),
          NumberText.significant(scale.getMaximum()),
          NumberText.significant(scale.getMean()),
          NumberText.significant(scale.getStandardDeviation()),
          NumberText.percent(scale.getShare()));
    }
    table.print(terminal);
    dominant(group).map(ComparisonText::dominanceNote).ifPresent(terminal::print);
    terminal.print("");
  }

  private static boolean isComparedBy(String metric, ComparedGroup group, Comparison comparison) {
    return comparison.getSearchesList().stream()
        .filter(search -> search.getGroup().equals(group.getGroup()))
        .anyMatch(search -> search.getMetric().equals(metric));
  }

  /** Returns the column, if there are several, that outweighs all others together. */
  private static Optional<FeatureScale> dominant(ComparedGroup group) {
    return group.getFeaturesList().stream()
        .filter(scale -> group.getFeaturesCount() > 1 && scale.getShare() > DOMINANT_SHARE)
        .findFirst();
  }

  private static String dominanceNote(FeatureScale scale) {
    return ("%s accounts for %s of a raw squared Euclidean distance, since its values vary most; the"
            + " standardised metrics give each column the same weight.")
        .formatted(scale.getFeature(), NumberText.percent(scale.getShare()));
  }

  /** Returns a measure of each pair of searches; rows and columns are searches by number. */
  private static TextTable matrix(
      Comparison comparison, Function<Agreement, Optional<Double>> measure) {
    Map<List<SearchName>, Optional<Double>> values = new HashMap<>();
    for (Agreement agreement : comparison.getAgreementsList()) {
      values.put(List.of(agreement.getFirst(), agreement.getSecond()), measure.apply(agreement));
      values.put(List.of(agreement.getSecond(), agreement.getFirst()), measure.apply(agreement));
    }
    List<SearchName> names =
        comparison.getSearchesList().stream()
            .map(
                search ->
                    SearchName.newBuilder()
                        .setGroup(search.getGroup())
                        .setMetric(search.getMetric())
                        .build())
            .toList();
    List<String> header = new ArrayList<>(List.of(""));
    for (int i = 1; i <= names.size(); i++) {
      header.add(Integer.toString(i));
    }
    TextTable table = new TextTable(header.toArray(String[]::new));
    for (int i = 0; i < names.size(); i++) {
      List<String> row = new ArrayList<>(List.of(Integer.toString(i + 1)));
      for (SearchName other : names) {
        row.add(
            values
                .getOrDefault(List.of(names.get(i), other), Optional.empty())
                .map(value -> String.format(Locale.ROOT, "%.2f", value))
                .orElse("-"));
      }
      table.add(row.toArray(String[]::new));
    }
    return table;
  }
}
