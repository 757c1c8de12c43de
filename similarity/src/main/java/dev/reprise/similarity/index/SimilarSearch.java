package dev.reprise.similarity.index;

import dev.reprise.similarity.embedding.EmbeddingMatch;
import dev.reprise.similarity.embedding.NearestEmbeddings;
import dev.reprise.similarity.table.Match;
import dev.reprise.similarity.table.Nearest;
import dev.reprise.similarity.table.VectorTable;
import dev.reprise.similarity.v1.Neighbour;
import dev.reprise.similarity.v1.Similar;
import java.util.Optional;

/** Executes one query. Not thread-safe: {@link TrackIndex} locks. */
final class SimilarSearch {
  private final TrackVectors vectors;
  private final SimilarQuery query;
  private final IndexedTrack track;

  SimilarSearch(TrackVectors vectors, SimilarQuery query) throws TrackNotFoundException {
    this.vectors = vectors;
    this.query = query;
    this.track = vectors.require(query.trackId());
  }

  Similar searchTable() throws TrackNotFoundException {
    if (!vectors.has(track, query.group())) {
      throw notFound();
    }
    VectorTable table = vectors.table(query.group());
    Nearest nearest =
        table.nearest(track.row, query.metric(), query.tempo(), query.k(), vectors.tracks::id);
    Similar.Builder result =
        newResult("exact")
            .setCoverage(vectors.coverage(track, query.group(), nearest.compared()))
            .addAllFeatures(query.group().columns())
            .putAllValues(vectors.values(track.row, query.group()));
    nearest.matches().forEach(match -> result.addNeighbours(neighbour(table, match)));
    return result.build();
  }

  private Neighbour neighbour(VectorTable table, Match match) {
    String id = vectors.tracks.id(match.row());
    return Neighbours.of(id, query.metric(), match.distance(), table.shared(track.row, match.row()))
        .putAllValues(vectors.values(match.row(), query.group()))
        .build();
  }

  /**
   * Converts the result of a search of embeddings.
   *
   * @param found empty if the index of embeddings does not have the track
   */
  Similar fromEmbeddings(Optional<NearestEmbeddings> found) throws TrackNotFoundException {
    NearestEmbeddings nearest = found.orElseThrow(this::notFound);
    Similar.Builder result =
        newResult(nearest.isExact() ? "exact" : "hnsw")
            .setCoverage(vectors.coverage(nearest.compared(), nearest.compared()));
    for (EmbeddingMatch match : nearest.matches()) {
      result.addNeighbours(
          Neighbours.of(match.id(), query.metric(), match.distance(), nearest.dimension()));
    }
    return result.build();
  }

  private Similar.Builder newResult(String search) {
    return Similar.newBuilder()
        .setTrackId(track.id)
        .setGroup(query.group().label())
        .setMetric(query.metric().label())
        .setTempo(query.tempo().label())
        .setSearch(search);
  }

  private TrackNotFoundException notFound() {
    return new TrackNotFoundException(
        "The track %s has no values in %s: %s"
            .formatted(track.id, query.group().label(), Missing.reason(track, query.group())));
  }
}
