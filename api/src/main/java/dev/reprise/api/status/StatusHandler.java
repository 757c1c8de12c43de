package dev.reprise.api.status;

import dev.reprise.api.audio.AudioHandler;
import dev.reprise.api.events.RecentDeadLetters;
import dev.reprise.api.http.JsonResponse;
import dev.reprise.api.similar.SimilarityHandler;
import dev.reprise.api.tracks.AudioFeaturesHandler;
import dev.reprise.api.v1.Limits;
import dev.reprise.api.v1.Live;
import dev.reprise.api.v1.Status;
import dev.reprise.similarity.index.TrackIndex;
import io.javalin.http.Context;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** Handler of the status of this instance, and of the dead letters that it keeps. */
public final class StatusHandler {
  private final TrackIndex index;
  private final RecentDeadLetters deadLetters;
  private final Supplier<Optional<Live>> live;
  private final IntSupplier eventReaders;
  private final Limits limits;
  private final String version;

  /**
   * @param live totals of the services in this process, if there are any
   * @param eventReaders current number of readers of the event stream
   * @param maxEventReaders largest number of them
   * @param maxUploadBytes largest size of an audio file
   * @param version version of this build
   */
  public StatusHandler(
      TrackIndex index,
      RecentDeadLetters deadLetters,
      Supplier<Optional<Live>> live,
      IntSupplier eventReaders,
      int maxEventReaders,
      long maxUploadBytes,
      String version) {
    this.index = index;
    this.deadLetters = deadLetters;
    this.live = live;
    this.eventReaders = eventReaders;
    this.version = version;
    this.limits =
        Limits.newBuilder()
            .setUploadBytes(Math.toIntExact(maxUploadBytes))
            .setWaitSeconds(AudioHandler.MAX_WAIT_SECONDS)
            .setIds(AudioFeaturesHandler.MAX_IDS)
            .setNeighbours(SimilarityHandler.MAX_NEIGHBOURS)
            .setEventReaders(maxEventReaders)
            .build();
  }

  public void deadLetters(Context ctx) {
    JsonResponse.json(ctx, deadLetters.list());
  }

  public void status(Context ctx) {
    Status.Builder status =
        Status.newBuilder()
            .setVersion(version)
            .setPredictedTracks(index.predictedTracks())
            .setTruthTracks(index.truthTracks())
            .setEmbeddings(index.embeddings())
            .setEventReaders(eventReaders.getAsInt())
            .setLimits(limits);
    live.get().ifPresent(status::setLive);
    JsonResponse.json(ctx, status.build());
  }
}
