package dev.reprise.similarity.embedding;

import dev.reprise.similarity.table.KNearest;
import dev.reprise.similarity.table.Match;
import dev.reprise.similarity.table.Metric;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Searches a snapshot for the vectors nearest to one of its vectors. Not thread-safe. */
final class EmbeddingSearch {
  /**
   * The minimum number of candidates taken from the graphs; twice k if that is more. More
   * candidates miss fewer true neighbours: parallel writers leave many small graphs until Lucene
   * has merged them, and 100 candidates then miss 2 neighbours in 100 rather than 1 in 200.
   */
  private static final int MIN_CANDIDATES = 200;

  private final Snapshot snapshot;
  private final int document;
  private final Space space;
  private final float[] vector;

  EmbeddingSearch(Snapshot snapshot, int document) throws IOException {
    this.snapshot = snapshot;
    this.document = document;
    this.space = snapshot.space(document);
    this.vector = snapshot.vector(space, document);
  }

  Embedding embedding() {
    return new Embedding(space.model(), vector);
  }

  /** Finds the nearest vectors, by the graph if the metric has one. */
  NearestEmbeddings findNearest(Metric metric, int k) throws IOException {
    return metric.isStandardised() ? searchAll(metric, k) : searchGraph(metric, k);
  }

  private NearestEmbeddings searchGraph(Metric metric, int k) throws IOException {
    boolean isCosine = metric.isCosine();
    int[] candidates =
        snapshot.findCandidates(
            isCosine ? space.unitField() : space.rawField(),
            isCosine ? UnitVector.of(vector) : vector,
            1 + Math.max(MIN_CANDIDATES, 2 * k));
    VectorDistance distance = distance(metric);
    KNearest nearest = new KNearest(k, this::id);
    for (int candidate : candidates) {
      if (candidate != document) {
        nearest.offer(candidate, distance.to(snapshot.vector(space, candidate)));
      }
    }
    return new NearestEmbeddings(
        toEmbeddingMatches(nearest.matches()), countOthers(), space.dimension(), false);
  }

  private NearestEmbeddings searchAll(Metric metric, int k) throws IOException {
    KNearest nearest = new KNearest(k, this::id);
    VectorDistance distance = distance(metric);
    snapshot.visit(space, (other, otherVector) -> offer(nearest, distance, other, otherVector));
    return new NearestEmbeddings(
        toEmbeddingMatches(nearest.matches()), countOthers(), space.dimension(), true);
  }

  private void offer(KNearest nearest, VectorDistance distance, int other, float[] otherVector) {
    if (other != document) {
      nearest.offer(other, distance.to(otherVector));
    }
  }

  /** Computes the distances to every other vector of the space, in one pass. */
  EmbeddingDistances computeDistances(List<Metric> metrics) throws IOException {
    List<VectorDistance> measures = new ArrayList<>();
    for (Metric metric : metrics) {
      measures.add(distance(metric));
    }
    List<String> ids = new ArrayList<>();
    double[][] distances = new double[metrics.size()][countOthers()];
    snapshot.visit(
        space,
        (other, otherVector) -> {
          if (other != document) {
            for (int i = 0; i < distances.length; i++) {
              distances[i][ids.size()] = measures.get(i).to(otherVector);
            }
            ids.add(snapshot.id(other));
          }
        });
    return new EmbeddingDistances(ids, distances, space.dimension());
  }

  private int countOthers() throws IOException {
    return snapshot.size(space) - 1;
  }

  private VectorDistance distance(Metric metric) throws IOException {
    return new VectorDistance(
        metric,
        vector,
        metric.isStandardised()
            ? snapshot.scales(space)
            : DimensionScales.identity(space.dimension()));
  }

  private List<EmbeddingMatch> toEmbeddingMatches(List<Match> matches) {
    return matches.stream()
        .map(match -> new EmbeddingMatch(id(match.row()), match.distance()))
        .toList();
  }

  private String id(int other) {
    try {
      return snapshot.id(other);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
