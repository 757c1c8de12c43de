package dev.reprise.api.tracks;

import dev.reprise.api.catalogue.Catalogue;
import dev.reprise.api.catalogue.UnavailableException;
import dev.reprise.api.http.JsonResponse;
import dev.reprise.api.http.ProblemException;
import dev.reprise.api.http.RequestParameters;
import dev.reprise.api.v1.Extraction;
import dev.reprise.contract.RecordCoordinates;
import dev.reprise.contract.Topics;
import io.javalin.http.Context;

/** Handler of tracks and extractions by id. */
public final class TracksHandler {
  private final Catalogue catalogue;
  private final Topics topics;

  public TracksHandler(Catalogue catalogue, Topics topics) {
    this.catalogue = catalogue;
    this.topics = topics;
  }

  public void track(Context ctx) throws ProblemException, UnavailableException {
    String id = RequestParameters.trackId(ctx);
    JsonResponse.json(
        ctx,
        catalogue
            .track(id)
            .orElseThrow(() -> ProblemException.notFound("Unknown track " + id + ".")));
  }

  public void extraction(Context ctx) throws ProblemException, UnavailableException {
    RecordCoordinates id =
        RecordCoordinates.parse(ctx.pathParam("extraction"))
            .filter(event -> event.topic().equals(topics.audioFiles()))
            .orElseThrow(
                () ->
                    ProblemException.notFound(
                        "An extraction id has the form %s-PARTITION-OFFSET."
                            .formatted(topics.audioFiles())));
    Extraction extraction = catalogue.extraction(RequestParameters.trackId(ctx), id);
    if (extraction.getStatus().equals("pending")) {
      ctx.header("Retry-After", "1");
    }
    JsonResponse.json(ctx, extraction);
  }
}
