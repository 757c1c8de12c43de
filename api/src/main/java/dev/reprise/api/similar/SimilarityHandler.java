package dev.reprise.api.similar;

import dev.reprise.api.http.JsonResponse;
import dev.reprise.api.http.ProblemException;
import dev.reprise.api.http.QueryParameters;
import dev.reprise.api.http.RequestParameters;
import dev.reprise.similarity.index.Group;
import dev.reprise.similarity.index.ImpossibleQueryException;
import dev.reprise.similarity.index.SimilarQuery;
import dev.reprise.similarity.index.TrackIndex;
import dev.reprise.similarity.index.TrackNotFoundException;
import dev.reprise.similarity.table.Metric;
import dev.reprise.similarity.table.Tempo;
import io.javalin.http.Context;
import java.util.concurrent.Semaphore;

/** Handler of the list of tracks, and of similarity searches. */
public final class SimilarityHandler {
  public static final int MAX_NEIGHBOURS = 1_000;

  public static final int MAX_COMPARED_NEIGHBOURS = 100;
  public static final int MAX_LISTED = 1_000;

  private final TrackIndex index;

  /** One at a time: a comparison holds several arrays of distances to all tracks. */
  private final Semaphore comparisons = new Semaphore(1);

  public SimilarityHandler(TrackIndex index) {
    this.index = index;
  }

  public void list(Context ctx) throws ProblemException {
    String prefix = QueryParameters.parameter(ctx, "prefix").orElse("");
    JsonResponse.json(
        ctx, index.list(prefix, RequestParameters.count(ctx, "limit", 1, MAX_LISTED, 50)));
  }

  public void similar(Context ctx)
      throws ProblemException, ImpossibleQueryException, TrackNotFoundException {
    Group group =
        RequestParameters.word(ctx, "group", Group.values(), Group::label)
            .orElse(Group.PREDICTED_FEATURES);
    Metric metric =
        RequestParameters.word(ctx, "metric", Metric.values(), Metric::label)
            .orElseGet(group::defaultMetric);
    JsonResponse.json(
        ctx,
        index.similar(
            new SimilarQuery(
                RequestParameters.trackId(ctx),
                group,
                metric,
                tempo(ctx),
                RequestParameters.count(ctx, "k", 1, MAX_NEIGHBOURS, 10))));
  }

  public void comparison(Context ctx) throws ProblemException, TrackNotFoundException {
    int k = RequestParameters.count(ctx, "k", 1, MAX_COMPARED_NEIGHBOURS, 10);
    Tempo tempo = tempo(ctx);
    if (!comparisons.tryAcquire()) {
      throw ProblemException.unavailable("Another comparison is running.");
    }
    try {
      JsonResponse.json(ctx, index.compare(RequestParameters.trackId(ctx), k, tempo));
    } finally {
      comparisons.release();
    }
  }

  private static Tempo tempo(Context ctx) throws ProblemException {
    return RequestParameters.word(ctx, "tempo", Tempo.values(), Tempo::label).orElse(Tempo.LINEAR);
  }
}
