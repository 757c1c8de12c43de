package dev.reprise.api.http;

import dev.reprise.api.catalogue.Catalogue;
import dev.reprise.api.catalogue.ExtractionId;
import dev.reprise.api.catalogue.UnavailableException;
import dev.reprise.api.v1.Extraction;
import dev.reprise.contract.Topics;
import io.javalin.http.Context;

/** Tracks by their id. */
final class TracksHandler {
  private final Catalogue catalogue;
  private final Topics topics;

  TracksHandler(Catalogue catalogue, Topics topics) {
    this.catalogue = catalogue;
    this.topics = topics;
  }

  void track(Context ctx) throws ProblemException, UnavailableException {
    Answers.json(
        ctx,
        catalogue
            .track(Parameters.trackId(ctx))
            .orElseThrow(() -> ProblemException.notFound("Nothing is known of this track.")));
  }

  void extraction(Context ctx) throws ProblemException, UnavailableException {
    ExtractionId id =
        ExtractionId.parse(ctx.pathParam("extraction"), topics.audioFiles())
            .orElseThrow(
                () ->
                    ProblemException.notFound(
                        "An extraction is named by its event's place, %s-PARTITION-OFFSET."
                            .formatted(topics.audioFiles())));
    Extraction extraction = catalogue.extraction(Parameters.trackId(ctx), id);
    if (extraction.getStatus().equals("pending")) {
      ctx.header("Retry-After", "1");
    }
    Answers.json(ctx, extraction);
  }
}
