package dev.reprise.similarity.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reprise.contract.Feature;
import dev.reprise.contract.v1.AudioFeatures;
import dev.reprise.contract.v1.Truth;
import dev.reprise.contract.v1.TruthMetadata;
import dev.reprise.contract.v1.TruthRanks;
import dev.reprise.similarity.table.Metric;
import dev.reprise.similarity.table.Tempo;
import dev.reprise.similarity.v1.Coverage;
import dev.reprise.similarity.v1.ListedTrack;
import dev.reprise.similarity.v1.Neighbour;
import dev.reprise.similarity.v1.Similar;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class TrackIndexTest extends TrackIndexTestBase {
  private Similar similar(String id, Group group, Metric metric) throws Exception {
    return index.similar(new SimilarQuery(id, group, metric, Tempo.LINEAR, 10));
  }

  @Test
  void tracksAreListedById() {
    index.putPrediction("b1", MODEL, features(0.1, 100), NO_EMBEDDING);
    index.putTruth("a", Truth.getDefaultInstance());
    index.putTruth("b0", Truth.getDefaultInstance());
    index.putTruth("b1", Truth.getDefaultInstance());
    assertThat(index.list("b", 5).getTracksList())
        .containsExactly(
            ListedTrack.newBuilder().setTrackId("b0").setTruth(true).build(),
            ListedTrack.newBuilder().setTrackId("b1").setTruth(true).setPredicted(true).build());
    assertThat(index.list("", 1).getTracksList())
        .extracting(ListedTrack::getTrackId)
        .containsExactly("a");
    assertThat(index.list("c", 5).getTracksList()).isEmpty();
    assertThat(index.list("c", 5).getTotal()).isEqualTo(3);
  }

  @Test
  void removedRecordsAreNotCounted() {
    index.putPrediction("a", MODEL, features(0.1, 100), new float[] {1, 2});
    index.putPrediction("b", MODEL, features(0.1, 100), NO_EMBEDDING);
    index.putTruth("b", Truth.getDefaultInstance());
    assertCounts(2, 1, 1, 2);
    index.putPrediction("a", MODEL, features(0.2, 100), NO_EMBEDDING);
    assertCounts(2, 1, 0, 2);
    index.removePrediction("a");
    index.removePrediction("a");
    index.removeTruth("a");
    assertCounts(1, 1, 0, 1);
    index.removePrediction("b");
    assertCounts(0, 1, 0, 1);
    index.removeTruth("b");
    assertCounts(0, 0, 0, 0);
    assertThat(index.mainModel()).isEmpty();
  }

  private void assertCounts(int predicted, int truths, int embeddings, int all) {
    assertThat(index.predictedTracks()).isEqualTo(predicted);
    assertThat(index.truthTracks()).isEqualTo(truths);
    assertThat(index.embeddings()).isEqualTo(embeddings);
    assertThat(index.list("", 1).getTotal()).isEqualTo(all);
  }

  /** A reused row has no values of the removed track. */
  @Test
  void rowsAreReused() throws Exception {
    index.putPrediction("a", MODEL, features(0.1, 100), NO_EMBEDDING);
    index.putTruth("a", Truth.newBuilder().setAudioFeatures(features(0.1, 100)).build());
    index.removePrediction("a");
    index.removeTruth("a");
    index.putTruth("b", Truth.newBuilder().setAudioFeatures(features(0.9, 100)).build());
    index.putTruth("c", Truth.newBuilder().setAudioFeatures(features(0.7, 100)).build());
    Similar result = similar("c", Group.AUDIO_FEATURES, Metric.EUCLIDEAN);
    assertThat(result.getNeighboursList()).extracting(Neighbour::getTrackId).containsExactly("b");
    assertThatThrownBy(() -> similar("b", Group.PREDICTED_FEATURES, Metric.COSINE))
        .isInstanceOf(TrackNotFoundException.class);
  }

  @Test
  void resultStatesWhatWasCompared() throws Exception {
    index.putPrediction("q", MODEL, features(0.5, 100), NO_EMBEDDING);
    index.putPrediction("near", MODEL, features(0.5, 101), NO_EMBEDDING);
    index.putPrediction(
        "half", MODEL, AudioFeatures.newBuilder().setTempo(100).build(), NO_EMBEDDING);
    index.putPrediction(
        "lacks", MODEL, features(0.5, 100).toBuilder().clearTempo().build(), NO_EMBEDDING);
    index.putTruth("other", Truth.newBuilder().setAudioFeatures(features(0.5, 100)).build());
    Similar result = similar("q", Group.PREDICTED_FEATURES, Metric.COSINE);
    assertThat(result.getGroup()).isEqualTo("predicted_features");
    assertThat(result.getMetric()).isEqualTo("cosine");
    assertThat(result.getTempo()).isEqualTo("linear");
    assertThat(result.getSearch()).isEqualTo("exact");
    assertThat(result.getCoverage())
        .isEqualTo(Coverage.newBuilder().setTracks(4).setCompared(2).setComplete(1).build());
    assertThat(result.getFeaturesList()).hasSize(8).startsWith("acousticness").endsWith("valence");
    assertThat(result.getValuesMap()).hasSize(8).containsEntry("tempo", 100.0);
    Neighbour lacks = result.getNeighbours(0);
    assertThat(lacks.getTrackId()).isEqualTo("lacks");
    assertThat(lacks.getShared()).isEqualTo(7);
    assertThat(lacks.getValuesMap()).hasSize(7).doesNotContainKey("tempo");
    assertThat(lacks.getSimilarity()).isCloseTo(1, within(1e-12));
    assertThat(similar("q", Group.PREDICTED_FEATURES, Metric.EUCLIDEAN).getNeighbours(0))
        .matches(it -> !it.hasSimilarity());
  }

  /** A track with missing values may share too few columns with the complete tracks. */
  @Test
  void completeTracksCountOnlyIfCompared() throws Exception {
    AudioFeatures one = AudioFeatures.newBuilder().setTempo(100).build();
    AudioFeatures four = one.toBuilder().setEnergy(0.5).setValence(0.5).setLiveness(0.5).build();
    index.putPrediction("one", MODEL, one, NO_EMBEDDING);
    index.putPrediction("another", MODEL, one, NO_EMBEDDING);
    index.putPrediction("four", MODEL, four, NO_EMBEDDING);
    for (int i = 0; i < 5; i++) {
      index.putPrediction("all" + i, MODEL, features(0.5, 100), NO_EMBEDDING);
    }
    assertThat(similar("one", Group.PREDICTED_FEATURES, Metric.EUCLIDEAN).getCoverage())
        .isEqualTo(Coverage.newBuilder().setTracks(7).setCompared(1).build());
    assertThat(similar("four", Group.PREDICTED_FEATURES, Metric.COSINE).getCoverage())
        .isEqualTo(Coverage.newBuilder().setTracks(7).setCompared(5).setComplete(5).build());
    assertThat(similar("all0", Group.PREDICTED_FEATURES, Metric.COSINE).getCoverage())
        .isEqualTo(Coverage.newBuilder().setTracks(7).setCompared(5).setComplete(4).build());
  }

  @Test
  void embeddingsAreComparedWithinOneModel() throws Exception {
    index.putPrediction("q", MODEL, features(0.5, 100), new float[] {1, 0});
    index.putPrediction("a", MODEL, features(0.5, 100), new float[] {1, 1});
    index.putPrediction("b", "cnn@2.0.0", features(0.5, 100), new float[] {1, 0});
    index.putPrediction("none", MODEL, features(0.5, 100), NO_EMBEDDING);
    Similar result = similar("q", Group.EMBEDDING, Metric.COSINE);
    assertThat(result.getSearch()).isEqualTo("hnsw");
    assertThat(result.getCoverage())
        .isEqualTo(Coverage.newBuilder().setTracks(3).setCompared(1).setComplete(1).build());
    assertThat(result.getNeighboursList()).hasSize(1);
    assertThat(result.getNeighbours(0).getTrackId()).isEqualTo("a");
    assertThat(result.getNeighbours(0).getShared()).isEqualTo(2);
    assertThat(result.getNeighbours(0).getSimilarity()).isCloseTo(Math.sqrt(0.5), within(1e-12));
    assertThat(similar("q", Group.EMBEDDING, Metric.STANDARDISED_COSINE).getSearch())
        .isEqualTo("exact");
    assertThatThrownBy(() -> similar("none", Group.EMBEDDING, Metric.COSINE))
        .isInstanceOf(TrackNotFoundException.class)
        .hasMessage(
            "The track none has no values in embedding: The track was predicted without an embedding.");
  }

  @Test
  void locationsAreComparedInKilometres() throws Exception {
    index.putTruth("berlin", location(52.52, 13.405));
    index.putTruth("paris", location(48.8566, 2.3522));
    index.putTruth("nowhere", location(91, 0));
    index.putTruth(
        "half",
        Truth.newBuilder().setMetadata(TruthMetadata.newBuilder().setArtistLatitude(1)).build());
    Similar result = similar("berlin", Group.METADATA, Metric.GREAT_CIRCLE);
    assertThat(result.getNeighboursList()).hasSize(1);
    assertThat(result.getNeighbours(0).getDistance()).isCloseTo(877.5, within(1.0));
    assertThatThrownBy(() -> similar("half", Group.METADATA, Metric.GREAT_CIRCLE))
        .isInstanceOf(TrackNotFoundException.class);
  }

  @Test
  void everyTruthGroupHasItsColumns() throws Exception {
    Truth.Builder truth =
        Truth.newBuilder().setRanks(TruthRanks.newBuilder().setSongCurrencyRank(7));
    for (int i = 0; i < 224; i++) {
      truth.putTemporalFeatures("%03d".formatted(i), i + 0.5);
    }
    index.putTruth("a", truth.build());
    assertThat(similar("a", Group.TEMPORAL_FEATURES, Metric.EUCLIDEAN).getValuesMap())
        .hasSize(224)
        .containsEntry("223", 223.5);
    assertThat(similar("a", Group.RANKS, Metric.EUCLIDEAN).getValuesMap())
        .containsOnlyKeys("song_currency_rank");
    assertThat(Group.SOCIAL_FEATURES.columns()).hasSize(5).contains("artist_hotttnesss");
  }

  @Test
  void invalidNumbersAreMissing() throws Exception {
    index.putPrediction(
        "a",
        MODEL,
        features(0.5, 100).toBuilder().setEnergy(Double.NaN).setValence(1e300).build(),
        NO_EMBEDDING);
    assertThat(similar("a", Group.PREDICTED_FEATURES, Metric.EUCLIDEAN).getValuesMap())
        .hasSize(6)
        .doesNotContainKeys("energy", "valence");
  }

  @Test
  void impossibleQueriesNameTheAlternatives() {
    index.putTruth("a", location(1, 2));
    assertThatThrownBy(() -> similar("a", Group.METADATA, Metric.COSINE))
        .isInstanceOf(ImpossibleQueryException.class)
        .hasMessage("The group metadata cannot be compared by cosine: choose great-circle.");
    assertThatThrownBy(() -> similar("a", Group.RANKS, Metric.GREAT_CIRCLE))
        .isInstanceOf(ImpossibleQueryException.class)
        .hasMessageContaining("choose cosine, euclidean");
    assertThatThrownBy(
            () ->
                index.similar(new SimilarQuery("a", Group.RANKS, Metric.COSINE, Tempo.CIRCULAR, 1)))
        .isInstanceOf(ImpossibleQueryException.class)
        .hasMessageContaining("leave the tempo linear");
    assertThatThrownBy(() -> similar("x", Group.METADATA, Metric.GREAT_CIRCLE))
        .isInstanceOf(TrackNotFoundException.class)
        .hasMessage("Unknown track x.");
    assertThatThrownBy(() -> new SimilarQuery("a", Group.RANKS, Metric.COSINE, Tempo.LINEAR, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void histogramsCoverOneModel() {
    index.putPrediction("a", MODEL, features(0, 30), NO_EMBEDDING);
    index.putPrediction("b", MODEL, features(0.5, 300), NO_EMBEDDING);
    index.putPrediction("c", MODEL, features(1, 400), NO_EMBEDDING);
    index.putPrediction("d", "cnn@2.0.0", features(0.1, 30), NO_EMBEDDING);
    assertThat(index.mainModel()).contains(MODEL);
    assertThat(index.histogram(Feature.ENERGY, 4, MODEL)).containsExactly(1, 0, 1, 1);
    assertThat(index.histogram(Feature.TEMPO, 2, MODEL)).containsExactly(1, 2);
    index.putPrediction("a", "cnn@2.0.0", features(0.3, 30), NO_EMBEDDING);
    index.putPrediction("b", "cnn@2.0.0", features(0.3, 30), NO_EMBEDDING);
    assertThat(index.mainModel()).contains("cnn@2.0.0");
    assertThat(index.histogram(Feature.ENERGY, 4, "cnn@2.0.0")).containsExactly(1, 2, 0, 0);
  }

  /** Readers never see partial records: all features of a track but the tempo are equal. */
  @Test
  void searchesRunConcurrentlyWithAWriter() throws Exception {
    index.putPrediction("q", MODEL, features(0.5, 100), new float[] {1, 2});
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(
            () -> {
              Random random = new Random(1);
              for (int i = 0; i < 3_000; i++) {
                String id = Integer.toString(random.nextInt(100));
                if (random.nextInt(3) == 0) {
                  index.removePrediction(id);
                } else {
                  index.putPrediction(id, MODEL, features(random.nextDouble(), 100), NO_EMBEDDING);
                }
              }
            });
    int searches = 0;
    while (!writer.isDone() || searches < 4) {
      Metric metric = Group.PREDICTED_FEATURES.metrics().get(searches++ % 4);
      for (Neighbour it : similar("q", Group.PREDICTED_FEATURES, metric).getNeighboursList()) {
        assertThat(it.getValuesMap()).containsEntry("energy", it.getValuesOrThrow("valence"));
      }
      index.compare("q", 3, Tempo.CIRCULAR);
    }
    writer.get();
  }
}
