package dev.reprise.api.status;

import dev.reprise.api.events.LatestDrift;
import dev.reprise.api.http.JsonResponse;
import dev.reprise.api.v1.DriftView;
import dev.reprise.api.v1.FeatureDrift;
import dev.reprise.contract.Feature;
import dev.reprise.contract.v1.Distribution;
import dev.reprise.similarity.index.TrackIndex;
import io.javalin.http.Context;
import java.util.Arrays;
import java.util.List;

/** Handler of drift: distributions of the predictions and of the model's validation. */
public final class DriftHandler {
  private static final int BINS = 20;

  private final TrackIndex index;
  private final LatestDrift drift;

  public DriftHandler(TrackIndex index, LatestDrift drift) {
    this.index = index;
    this.drift = drift;
  }

  public void drift(Context ctx) {
    DriftView.Builder view = DriftView.newBuilder();
    index
        .mainModel()
        .ifPresent(
            model -> {
              view.setModel(model);
              for (Feature feature : Feature.values()) {
                view.addFeatures(compare(feature, model));
              }
            });
    JsonResponse.json(ctx, view.build());
  }

  private FeatureDrift compare(Feature feature, String model) {
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
        .ifPresent(reference -> rebin(reference).forEach(view::addReference));
    drift.psi(model, feature.label()).ifPresent(view::setPsi);
    return view.build();
  }

  /** Sums fine bins into {@link #BINS}, whose borders need not coincide with those of fine bins. */
  private static List<Integer> rebin(Distribution fine) {
    Integer[] counts = new Integer[BINS];
    Arrays.fill(counts, 0);
    for (int i = 0; i < fine.getCountsCount(); i++) {
      counts[i * BINS / fine.getCountsCount()] += fine.getCounts(i);
    }
    return List.of(counts);
  }
}
