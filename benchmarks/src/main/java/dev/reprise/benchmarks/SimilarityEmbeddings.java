package dev.reprise.benchmarks;

import dev.reprise.similarity.embedding.EmbeddingIndex;
import dev.reprise.similarity.embedding.EmbeddingMatch;
import dev.reprise.similarity.table.Metric;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.common.utils.Utils;

/**
 * Measures the indexing of embeddings and its restoration at the next start; the latency of graph
 * and exact search; and the recall of the graphs. One thread puts and searches; all processors
 * build graphs.
 *
 * <p>The vectors are synthetic, each from {@value #LATENT} independent latent variables: embeddings
 * of a model do not fill their space either, and vectors with independent dimensions have no near
 * neighbours.
 */
final class SimilarityEmbeddings {
  private static final int DIMENSION = 192;
  private static final int LATENT = 24;
  private static final int K = 10;
  private static final int QUERIES = 200;
  private static final int WARM_UP = 100;
  private static final int EXACT_ROUNDS = 50;
  private static final int EXACT_WARM_UP = 10;
  private static final String MODEL = "benchmark@1.0.0";

  private final int count;
  private final Random random = new Random(1);
  private final double[][] mixing = new double[DIMENSION][LATENT];

  SimilarityEmbeddings(int count) {
    this.count = count;
    for (double[] row : mixing) {
      Arrays.setAll(row, it -> random.nextGaussian());
    }
  }

  void run() throws Exception {
    Path folder = Files.createTempDirectory("reprise-similarity");
    try {
      System.out.printf(
          Locale.ROOT, "embeddings, %,d x %d, k = %d, one thread%n", count, DIMENSION, K);
      start(folder, "indexing, two graphs each").close();
      try (EmbeddingIndex index = start(folder, "restored at the next start")) {
        search(index);
      }
    } finally {
      Utils.delete(folder.toFile());
    }
  }

  private void search(EmbeddingIndex index) throws Exception {
    for (Metric metric : List.of(Metric.COSINE, Metric.EUCLIDEAN)) {
      print(metric.label() + ", hnsw", WARM_UP, QUERIES, () -> search(index, metric));
      System.out.printf(
          Locale.ROOT, "  %-40s %.4f%n", metric.label() + ", recall@" + K, recall(index, metric));
    }
    for (Metric metric : List.of(Metric.STANDARDISED_COSINE, Metric.STANDARDISED_EUCLIDEAN)) {
      print(metric.label() + ", exact", EXACT_WARM_UP, EXACT_ROUNDS, () -> search(index, metric));
    }
  }

  /** Opens and fills an index as an instance does at its start, with the same vectors each time. */
  private EmbeddingIndex start(Path folder, String name) {
    Random vectors = new Random(2);
    long start = System.nanoTime();
    double processorStart = processorSeconds();
    EmbeddingIndex index = EmbeddingIndex.open(folder);
    for (int i = 0; i < count; i++) {
      index.put(Integer.toString(i), MODEL, vector(vectors));
    }
    double putSeconds = (System.nanoTime() - start) / 1e9;
    index.restored();
    index.refresh();
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "  %-40s %.0f embeddings/s (put %.1f s, all %.1f s, processor %.1f s)%n",
        name,
        count / seconds,
        putSeconds,
        seconds,
        processorSeconds() - processorStart);
    return index;
  }

  /** Returns the CPU time of all threads. */
  private static double processorSeconds() {
    return ProcessHandle.current()
        .info()
        .totalCpuDuration()
        .map(it -> it.toNanos() / 1e9)
        .orElse(Double.NaN);
  }

  private float[] vector(Random vectors) {
    double[] latent =
        IntStream.range(0, LATENT).mapToDouble(it -> vectors.nextGaussian()).toArray();
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      double sum = 0.1 * vectors.nextGaussian();
      for (int j = 0; j < LATENT; j++) {
        sum += mixing[i][j] * latent[j];
      }
      vector[i] = (float) sum;
    }
    return vector;
  }

  private void search(EmbeddingIndex index, Metric metric) {
    if (index.nearest(Integer.toString(random.nextInt(count)), metric, K).isEmpty()) {
      throw new IllegalStateException("Every track has an embedding.");
    }
  }

  /** Returns the share of the exact neighbours that the graph finds, over all queries. */
  private double recall(EmbeddingIndex index, Metric metric) {
    int found = 0;
    for (int query = 0; query < QUERIES; query++) {
      String id = Integer.toString(random.nextInt(count));
      Set<String> exact = findExact(index, id, metric);
      for (EmbeddingMatch match : index.nearest(id, metric, K).orElseThrow().matches()) {
        found += exact.contains(match.id()) ? 1 : 0;
      }
    }
    return (double) found / QUERIES / K;
  }

  private static Set<String> findExact(EmbeddingIndex index, String id, Metric metric) {
    var all = index.distances(id, List.of(metric)).orElseThrow();
    Set<String> nearest = new HashSet<>();
    IntStream.range(0, all.ids().size())
        .boxed()
        .sorted(Comparator.comparingDouble(it -> all.distances()[0][it]))
        .limit(K)
        .forEach(it -> nearest.add(all.ids().get(it)));
    return nearest;
  }

  private static void print(String name, int warmUp, int rounds, Latencies.Work work)
      throws Exception {
    System.out.printf(Locale.ROOT, "  %-40s %s%n", name, Latencies.of(warmUp, rounds, work));
  }
}
