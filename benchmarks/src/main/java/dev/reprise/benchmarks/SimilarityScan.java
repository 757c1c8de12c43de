package dev.reprise.benchmarks;

import dev.reprise.api.similarity.Metric;
import dev.reprise.api.similarity.Tempo;
import dev.reprise.api.similarity.VectorTable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.IntConsumer;

/**
 * How long an exact search of {@value #ROWS} tracks by eight features takes on one thread, beside a
 * bare scan of as much memory that lies likewise.
 */
final class SimilarityScan {
  private static final int ROWS = 1_000_000;
  private static final int K = 10;
  private static final int WARM_UP = 60;
  private static final int ROUNDS = 200;
  private static final int BLOCK = 1_024;
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

  private final Random random = new Random(1);
  private final VectorTable table = new VectorTable(COLUMNS);
  private final double[][] memory = new double[ROWS / BLOCK * COLUMNS.size()][BLOCK];
  private final double[] sums = new double[BLOCK];
  private double bareMillis;

  void run() {
    System.out.printf(
        Locale.ROOT, "exact search, %,d x %d, k = %d, one thread%n", ROWS, COLUMNS.size(), K);
    for (double[] block : memory) {
      Arrays.setAll(block, it -> random.nextDouble());
    }
    for (int row = 0; row < ROWS; row++) {
      table.put(row, values());
    }
    bareMillis = print("bare scan of as much memory", it -> scan());
    for (Metric metric : Metric.values()) {
      if (metric != Metric.GREAT_CIRCLE) {
        print(metric.label(), it -> search(metric, Tempo.LINEAR));
        print(metric.label() + ", circular tempo", it -> search(metric, Tempo.CIRCULAR));
        print(metric.label() + ", after a change", it -> searchChanged(metric));
      }
    }
    for (int row = 0; row < ROWS; row++) {
      table.put(row, holed());
    }
    for (Metric metric : Metric.values()) {
      if (metric != Metric.GREAT_CIRCLE) {
        print(metric.label() + ", 1 in 10 missing", it -> search(metric, Tempo.LINEAR));
      }
    }
    if (sums[0] < 0) {
      System.out.println("The sum is used, so that it is computed.");
    }
  }

  private double[] values() {
    double[] values = random.doubles(COLUMNS.size()).toArray();
    values[COLUMNS.indexOf("tempo")] = 60 + 120 * random.nextDouble();
    return values;
  }

  private double[] holed() {
    return Arrays.stream(values())
        .map(value -> random.nextInt(10) == 0 ? Double.NaN : value)
        .toArray();
  }

  /** Adds the blocks up, value by value, which vectorises. */
  private void scan() {
    for (double[] block : memory) {
      for (int i = 0; i < BLOCK; i++) {
        sums[i] += block[i];
      }
    }
  }

  private void search(Metric metric, Tempo tempo) {
    table.nearest(random.nextInt(ROWS), metric, tempo, K, Integer::toString);
  }

  private void searchChanged(Metric metric) {
    table.put(random.nextInt(ROWS), values());
    search(metric, Tempo.LINEAR);
  }

  /** Measures, prints, and returns the median in milliseconds. */
  private double print(String name, IntConsumer work) {
    double[] millis = new double[ROUNDS];
    for (int round = -WARM_UP; round < ROUNDS; round++) {
      long start = System.nanoTime();
      work.accept(round);
      if (round >= 0) {
        millis[round] = (System.nanoTime() - start) / 1e6;
      }
    }
    Arrays.sort(millis);
    double median = millis[ROUNDS / 2];
    System.out.printf(
        Locale.ROOT,
        "  %-42s median %7.2f ms   p99 %7.2f ms   ratio %6.2f%n",
        name,
        median,
        millis[(int) (0.99 * ROUNDS)],
        bareMillis == 0 ? 1 : median / bareMillis);
    return median;
  }
}
