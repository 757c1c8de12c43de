package dev.reprise.api.audio;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.reprise.api.catalogue.Catalogue;
import dev.reprise.api.catalogue.UnavailableException;
import dev.reprise.api.http.JsonResponse;
import dev.reprise.api.tracks.Forwarding;
import dev.reprise.api.v1.Extraction;
import dev.reprise.api.v1.Track;
import dev.reprise.contract.Json;
import dev.reprise.runtime.Deadline;
import dev.reprise.similarity.index.TrackIndex;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.state.HostInfo;

/**
 * Read-your-writes for clients that wait for their audio: delays the response until the track is
 * readable, some hundred milliseconds after its outcome has arrived by the feed. Polls instead of
 * listening for updates of the catalogue and the index: the track may belong to another instance,
 * or move to one meanwhile, so polling would be needed anyway. Thread-safe.
 */
public final class ReadYourWrites {
  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final Executor POLL_DELAY =
      CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS);

  private final Catalogue catalogue;
  private final Forwarding forwarding;
  private final TrackIndex index;

  public ReadYourWrites(Catalogue catalogue, Forwarding forwarding, TrackIndex index) {
    this.catalogue = catalogue;
    this.forwarding = forwarding;
    this.index = index;
  }

  /**
   * Returns the outcome once its track is readable, or after {@link #TIMEOUT} in any case. Does not
   * poll on the thread that completes the outcome, the feed's or the producer's: reading a track
   * takes locks and reads disks.
   */
  CompletableFuture<Extraction> awaitReadable(Context ctx, CompletableFuture<Extraction> outcome) {
    return outcome.thenComposeAsync(extraction -> poll(ctx, extraction, Deadline.after(TIMEOUT)));
  }

  private CompletableFuture<Extraction> poll(
      Context ctx, Extraction extraction, Deadline deadline) {
    if (extraction.getStatus().equals("pending") || deadline.hasPassed()) {
      return CompletableFuture.completedFuture(extraction);
    }
    return isReadable(ctx, extraction)
        .exceptionally(failure -> false)
        .thenCompose(
            readable ->
                readable
                    ? CompletableFuture.completedFuture(extraction)
                    : CompletableFuture.supplyAsync(() -> extraction, POLL_DELAY)
                        .thenCompose(again -> poll(ctx, again, deadline)));
  }

  private CompletableFuture<Boolean> isReadable(Context ctx, Extraction extraction) {
    String trackId = extraction.getTrackId();
    if (extraction.hasPrediction() && !index.isPredicted(trackId)) {
      return CompletableFuture.completedFuture(false);
    }
    try {
      Optional<HostInfo> other = forwarding.otherOwner(ctx, trackId);
      return other.isPresent()
          ? forwarding
              .get(ctx, other.get(), "/v1/tracks/" + JsonResponse.segment(trackId))
              .thenApply(response -> includes(parse(response.body()), extraction))
          : CompletableFuture.completedFuture(
              catalogue.track(trackId).filter(track -> includes(track, extraction)).isPresent());
    } catch (UnavailableException e) {
      return CompletableFuture.completedFuture(false);
    }
  }

  private static Track parse(byte[] json) {
    Track.Builder track = Track.newBuilder();
    try {
      Json.parse(json, track);
    } catch (InvalidProtocolBufferException e) {
      throw new CompletionException(e);
    }
    return track.build();
  }

  /**
   * Returns whether a track includes the outcome and every clip; clips arrive on a separate topic.
   */
  private static boolean includes(Track track, Extraction extraction) {
    return extraction.hasPrediction()
        ? track.getPrediction().getExtractionId().equals(extraction.getExtractionId())
            && track.getClipsCount() == track.getPrediction().getClipCount()
        : track.getFailure().getExtractionId().equals(extraction.getExtractionId());
  }
}
