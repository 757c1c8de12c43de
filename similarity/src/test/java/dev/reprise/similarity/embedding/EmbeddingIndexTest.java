package dev.reprise.similarity.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reprise.similarity.table.Distances;
import dev.reprise.similarity.table.Metric;
import dev.reprise.similarity.table.Tempo;
import dev.reprise.similarity.table.VectorTable;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddingIndexTest {
  private static final String MODEL = "cnn@1.0.0";
  private static final int DIMENSION = 24;
  private static final List<Metric> METRICS =
      List.of(
          Metric.COSINE,
          Metric.EUCLIDEAN,
          Metric.STANDARDISED_COSINE,
          Metric.STANDARDISED_EUCLIDEAN);

  @TempDir Path folder;
  private EmbeddingIndex index;
  private final Random random = new Random(1);

  @BeforeEach
  void open() {
    index = EmbeddingIndex.open(folder);
    index.restored();
  }

  @AfterEach
  void close() {
    index.close();
  }

  private float[] vector(int dimension) {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = (float) (random.nextGaussian() * (1 + i) + 3);
    }
    return vector;
  }

  private List<String> nearest(String id, Metric metric, int k) {
    return index.nearest(id, metric, k).orElseThrow().matches().stream()
        .map(EmbeddingMatch::id)
        .toList();
  }

  /** Uses the feature table as reference, which is itself tested against scikit-learn. */
  @Test
  void distancesAreExactAndGraphsMissFewNeighbours() {
    List<String> columns = IntStream.range(0, DIMENSION).mapToObj(Integer::toString).toList();
    VectorTable table = new VectorTable(columns);
    for (int row = 0; row < 2_000; row++) {
      float[] vector = vector(DIMENSION);
      index.put(Integer.toString(row), MODEL, vector);
      table.put(row, IntStream.range(0, DIMENSION).mapToDouble(it -> vector[it]).toArray());
    }
    for (int row = 0; row < 2_000; row += 7) {
      if (row % 14 == 0) {
        index.remove(Integer.toString(row));
        table.remove(row);
      }
    }
    for (Metric metric : METRICS) {
      int missed = 0;
      for (int row = 7; row < 2_000; row += 14 * 9) {
        assertDistances(row, metric, table.distances(row, metric, Tempo.LINEAR));
        Set<String> exact = new HashSet<>();
        table
            .nearest(row, metric, Tempo.LINEAR, 10, Integer::toString)
            .matches()
            .forEach(it -> exact.add(Integer.toString(it.row())));
        exact.removeAll(new HashSet<>(nearest(Integer.toString(row), metric, 10)));
        missed += exact.size();
      }
      assertThat(missed).as(metric.label()).isLessThanOrEqualTo(metric.isStandardised() ? 0 : 8);
    }
  }

  private void assertDistances(int row, Metric metric, Distances expected) {
    EmbeddingDistances found =
        index.distances(Integer.toString(row), List.of(metric)).orElseThrow();
    assertThat(found.ids()).hasSize(expected.size());
    for (int i = 0; i < expected.size(); i++) {
      int at = found.ids().indexOf(Integer.toString(expected.rows()[i]));
      assertThat(found.distances()[0][at]).isCloseTo(expected.values()[i], within(1e-9));
    }
  }

  @Test
  void changesAreVisibleToTheNextSearch() {
    index.put("a", MODEL, new float[] {1, 0});
    index.put("b", MODEL, new float[] {1, 1});
    assertThat(nearest("a", Metric.EUCLIDEAN, 5)).containsExactly("b");
    index.put("c", MODEL, new float[] {1, 0.5f});
    assertThat(nearest("a", Metric.EUCLIDEAN, 5)).containsExactly("c", "b");
    index.put("b", MODEL, new float[] {1, 0.1f});
    assertThat(nearest("a", Metric.COSINE, 5)).containsExactly("b", "c");
    index.remove("b");
    assertThat(nearest("a", Metric.COSINE, 5)).containsExactly("c");
    assertThat(index.get("b")).isEmpty();
    assertThat(index.nearest("b", Metric.COSINE, 5)).isEmpty();
    index.put("b", MODEL, new float[] {1, 0.2f});
    assertThat(nearest("a", Metric.STANDARDISED_COSINE, 5)).containsExactly("b", "c");
    assertThat(index.size()).isEqualTo(3);
    assertThat(index.get("b").orElseThrow().vector()).containsExactly(1, 0.2f);
  }

  @Test
  void modelsAndDimensionsAreNeverMixed() {
    for (int i = 0; i < 20; i++) {
      index.put("old" + i, MODEL, vector(3));
      index.put("new" + i, "cnn@2.0.0", vector(3));
      index.put("long" + i, MODEL, vector(4));
    }
    for (Metric metric : METRICS) {
      assertThat(nearest("old0", metric, 60)).hasSize(19).allMatch(it -> it.startsWith("old"));
      assertThat(nearest("new0", metric, 60)).hasSize(19).allMatch(it -> it.startsWith("new"));
      assertThat(nearest("long0", metric, 60)).hasSize(19).allMatch(it -> it.startsWith("long"));
    }
    assertThat(index.distances("old3", METRICS).orElseThrow().ids())
        .hasSize(19)
        .allMatch(it -> it.startsWith("old"));
    index.put("old1", "cnn@2.0.0", vector(3));
    assertThat(nearest("old0", Metric.COSINE, 60)).hasSize(18).doesNotContain("old1");
    NearestEmbeddings found = index.nearest("new0", Metric.EUCLIDEAN, 1).orElseThrow();
    assertThat(found.compared()).isEqualTo(20);
    assertThat(found.dimension()).isEqualTo(3);
    assertThat(found.isExact()).isFalse();
    assertThat(index.nearest("new0", Metric.STANDARDISED_EUCLIDEAN, 1).orElseThrow().isExact())
        .isTrue();
  }

  @Test
  void tiesAreOrderedById() {
    for (String id : List.of("q", "d", "b", "a", "c")) {
      index.put(id, MODEL, id.equals("q") ? new float[] {0, 2} : new float[] {1, 1});
    }
    for (Metric metric : METRICS) {
      assertThat(nearest("q", metric, 3)).containsExactly("a", "b", "c");
    }
  }

  @Test
  void zerosAreAtDistanceOne() {
    index.put("zeros", MODEL, new float[] {0, 0});
    index.put("other", MODEL, new float[] {1, 2});
    assertThat(index.nearest("zeros", Metric.COSINE, 1).orElseThrow().matches())
        .containsExactly(new EmbeddingMatch("other", 1));
  }

  @Test
  void unsupportedVectorsAreRejected() {
    for (float[] vector :
        List.of(new float[0], new float[1_025], new float[] {1, Float.NaN}, new float[] {1e30f})) {
      assertThatThrownBy(() -> index.put("a", MODEL, vector))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("embedding");
    }
    assertThat(index.size()).isZero();
  }

  /** Each search during changes sees whole vectors of one model. */
  @Test
  void searchesRunConcurrentlyWithAWriter() throws Exception {
    index.put("q", MODEL, vector(8));
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(
            () -> {
              Random changes = new Random(2);
              for (int i = 0; i < 1_000; i++) {
                String id = Integer.toString(changes.nextInt(200));
                if (changes.nextInt(3) == 0) {
                  index.remove(id);
                } else {
                  index.put(id, MODEL, new float[] {i, 1, 2, 3, 4, 5, 6, 7});
                }
              }
            });
    int searches = 0;
    while (!writer.isDone() || searches < 4) {
      Metric metric = METRICS.get(searches++ % 4);
      NearestEmbeddings found = index.nearest("q", metric, 5).orElseThrow();
      assertThat(found.matches()).hasSize(Math.min(5, found.compared()));
      assertThat(index.distances("q", METRICS)).isPresent();
    }
    writer.get();
  }
}
