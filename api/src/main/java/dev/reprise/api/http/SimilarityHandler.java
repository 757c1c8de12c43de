package dev.reprise.api.http;

import dev.reprise.api.index.Group;
import dev.reprise.api.index.ImpossibleQueryException;
import dev.reprise.api.index.SimilarQuery;
import dev.reprise.api.index.TrackIndex;
import dev.reprise.api.index.TrackNotFoundException;
import dev.reprise.api.similarity.Metric;
import dev.reprise.api.similarity.Tempo;
import io.javalin.http.Context;
import java.util.concurrent.Semaphore;

/** Which tracks are known, and which are alike. */
final class SimilarityHandler {
  static final int MAX_NEIGHBOURS = 1_000;

  static final int MAX_COMPARED_NEIGHBOURS = 100;
  static final int MAX_LISTED = 1_000;

  private final TrackIndex index;

  /** A comparison holds the distances to all tracks, many times over. */
  private final Semaphore comparing = new Semaphore(1);

  SimilarityHandler(TrackIndex index) {
    this.index = index;
  }

  void list(Context ctx) throws ProblemException {
    String prefix = Query.parameter(ctx, "prefix").orElse("");
    Answers.json(ctx, index.list(prefix, Parameters.count(ctx, "limit", 1, MAX_LISTED, 50)));
  }

  void similar(Context ctx)
      throws ProblemException, ImpossibleQueryException, TrackNotFoundException {
    Group group =
        Parameters.word(ctx, "group", Group.values(), Group::label)
            .orElse(Group.PREDICTED_FEATURES);
    Metric metric =
        Parameters.word(ctx, "metric", Metric.values(), Metric::label)
            .orElseGet(group::defaultMetric);
    Answers.json(
        ctx,
        index.similar(
            new SimilarQuery(
                Parameters.trackId(ctx),
                group,
                metric,
                tempo(ctx),
                Parameters.count(ctx, "k", 1, MAX_NEIGHBOURS, 10))));
  }

  void comparison(Context ctx) throws ProblemException, TrackNotFoundException {
    int k = Parameters.count(ctx, "k", 1, MAX_COMPARED_NEIGHBOURS, 10);
    Tempo tempo = tempo(ctx);
    if (!comparing.tryAcquire()) {
      throw ProblemException.unavailable("Another comparison is running.");
    }
    try {
      Answers.json(ctx, index.compare(Parameters.trackId(ctx), k, tempo));
    } finally {
      comparing.release();
    }
  }

  private static Tempo tempo(Context ctx) throws ProblemException {
    return Parameters.word(ctx, "tempo", Tempo.values(), Tempo::label).orElse(Tempo.LINEAR);
  }
}
