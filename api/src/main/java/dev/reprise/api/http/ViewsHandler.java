package dev.reprise.api.http;

import dev.reprise.api.feed.DriftFigures;
import dev.reprise.api.feed.RecentLetters;
import dev.reprise.api.index.TrackIndex;
import dev.reprise.api.upload.Uploads;
import dev.reprise.api.v1.DriftView;
import dev.reprise.api.v1.FeatureDrift;
import dev.reprise.api.v1.Limits;
import dev.reprise.api.v1.Live;
import dev.reprise.api.v1.Status;
import dev.reprise.contract.Feature;
import dev.reprise.contract.v1.Distribution;
import io.javalin.http.Context;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** What the page shows beside tracks. */
final class ViewsHandler {
  private static final int BINS = 20;

  private final TrackIndex index;
  private final RecentLetters letters;
  private final DriftFigures drift;
  private final Supplier<Optional<Live>> live;
  private final IntSupplier eventReaders;
  private final Limits limits;
  private final String version;

  ViewsHandler(
      TrackIndex index,
      RecentLetters letters,
      DriftFigures drift,
      Supplier<Optional<Live>> live,
      IntSupplier eventReaders,
      int maxEventReaders,
      String version) {
    this.index = index;
    this.letters = letters;
    this.drift = drift;
    this.live = live;
    this.eventReaders = eventReaders;
    this.version = version;
    this.limits =
        Limits.newBuilder()
            .setUploadBytes(Uploads.MAX_VALUE_BYTES)
            .setWaitSeconds(AudioHandler.MAX_WAIT_SECONDS)
            .setIds(AudioFeaturesHandler.MAX_IDS)
            .setNeighbours(SimilarityHandler.MAX_NEIGHBOURS)
            .setEventReaders(maxEventReaders)
            .build();
  }

  void deadLetters(Context ctx) {
    Answers.json(ctx, letters.list());
  }

  void drift(Context ctx) {
    DriftView.Builder view = DriftView.newBuilder();
    index
        .mainModel()
        .ifPresent(
            model -> {
              view.setModel(model);
              for (Feature feature : Feature.values()) {
                view.addFeatures(drift(feature, model));
              }
            });
    Answers.json(ctx, view.build());
  }

  private FeatureDrift drift(Feature feature, String model) {
    FeatureDrift.Builder view =
        FeatureDrift.newBuilder()
            .setFeature(feature.label())
            .setMinimum(feature.minimum())
            .setMaximum(feature.maximum());
    Arrays.stream(index.histogram(feature, BINS, model)).forEach(view::addCurrent);
    drift
        .reference(model, feature.label())
        .filter(
            reference ->
                reference.getMinimum() == feature.minimum()
                    && reference.getMaximum() == feature.maximum())
        .ifPresent(reference -> coarse(reference).forEach(view::addReference));
    drift.psi(model, feature.label()).ifPresent(view::setPsi);
    return view.build();
  }

  /** Many equal bins added up to few; their borders need not agree to the last bin. */
  private static List<Integer> coarse(Distribution fine) {
    Integer[] counts = new Integer[BINS];
    Arrays.fill(counts, 0);
    for (int i = 0; i < fine.getCountsCount(); i++) {
      counts[i * BINS / fine.getCountsCount()] += fine.getCounts(i);
    }
    return List.of(counts);
  }

  void status(Context ctx) {
    Status.Builder status =
        Status.newBuilder()
            .setVersion(version)
            .setPredictedTracks(index.predictedTracks())
            .setTruthTracks(index.truthTracks())
            .setEmbeddings(index.embeddings())
            .setEventReaders(eventReaders.getAsInt())
            .setLimits(limits);
    live.get().ifPresent(status::setLive);
    Answers.json(ctx, status.build());
  }
}
