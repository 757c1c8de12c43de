package dev.reprise.benchmarks;

import dev.reprise.similarity.table.Metric;
import dev.reprise.similarity.table.Tempo;
import dev.reprise.similarity.table.VectorTable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Measures an exact search over {@value #ROWS} tracks by eight features on one thread, against a
 * bare scan of the same amount of memory in the same layout.
 */
final class SimilarityScan {
  private static final int ROWS = 1_000_000;
  private static final int K = 10;
  private static final int WARM_UP = 60;
  private static final int ROUNDS = 300;
  private static final int BLOCK = 1_024;
  private static final int TEMPO = 6;
  private static final List<String> COLUMNS =
      List.of(
          "acousticness",
          "danceability",
          "energy",
          "instrumentalness",
          "liveness",
          "speechiness",
          "tempo",
          "valence");
  private static final List<Metric> METRICS =
      List.of(
          Metric.COSINE,
          Metric.EUCLIDEAN,
          Metric.STANDARDISED_COSINE,
          Metric.STANDARDISED_EUCLIDEAN);

  private final Random random = new Random(1);
  private final VectorTable table = new VectorTable(COLUMNS);
  private final double[][] memory = new double[ROWS / BLOCK * COLUMNS.size()][BLOCK];
  private final double[] sums = new double[BLOCK];

  void run() throws Exception {
    for (double[] block : memory) {
      Arrays.setAll(block, it -> random.nextDouble());
    }
    for (int row = 0; row < ROWS; row++) {
      table.put(row, values(0));
    }
    Latencies bareScan = Latencies.of(WARM_UP, ROUNDS, this::scan);
    System.out.printf(
        Locale.ROOT,
        "exact search, %,d x %d, k = %d, one thread%n  %-40s %s%n",
        ROWS,
        COLUMNS.size(),
        K,
        "bare scan of the same memory",
        bareScan);
    for (Metric metric : METRICS) {
      print(bareScan, metric.label(), () -> search(metric, Tempo.LINEAR));
      print(bareScan, metric.label() + ", circular tempo", () -> search(metric, Tempo.CIRCULAR));
      print(bareScan, metric.label() + ", after a change", () -> searchChanged(metric));
    }
    for (int row = 0; row < ROWS; row++) {
      table.put(row, values(0.1));
    }
    for (Metric metric : METRICS) {
      print(bareScan, metric.label() + ", 1 in 10 missing", () -> search(metric, Tempo.LINEAR));
    }
    // Reading the sums prevents their elimination as dead code.
    if (Double.isNaN(sums[0])) {
      throw new IllegalStateException("The sum is not a number.");
    }
  }

  private double[] values(double missingShare) {
    double[] values = random.doubles(COLUMNS.size()).toArray();
    values[TEMPO] = 60 + 120 * values[TEMPO];
    return missingShare == 0
        ? values
        : Arrays.stream(values)
            .map(it -> random.nextDouble() < missingShare ? Double.NaN : it)
            .toArray();
  }

  /** Sums the blocks element by element, which vectorises. */
  private void scan() {
    for (double[] block : memory) {
      for (int i = 0; i < BLOCK; i++) {
        sums[i] += block[i];
      }
    }
  }

  private void search(Metric metric, Tempo tempo) {
    int row = random.nextInt(ROWS);
    if (table.has(row)) {
      table.nearest(row, metric, tempo, K, Integer::toString);
    }
  }

  private void searchChanged(Metric metric) {
    table.put(random.nextInt(ROWS), values(0));
    search(metric, Tempo.LINEAR);
  }

  private static void print(Latencies bareScan, String name, Latencies.Work work) throws Exception {
    Latencies latencies = Latencies.of(WARM_UP, ROUNDS, work);
    System.out.printf(
        Locale.ROOT,
        "  %-40s %s   %5.2f times the bare scan%n",
        name,
        latencies,
        latencies.processor() / bareScan.processor());
  }
}
