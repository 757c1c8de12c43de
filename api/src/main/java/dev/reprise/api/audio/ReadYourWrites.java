package dev.reprise.api.audio;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.reprise.api.catalogue.Catalogue;
import dev.reprise.api.catalogue.UnavailableException;
import dev.reprise.api.http.JsonResponse;
import dev.reprise.api.tracks.Forwarding;
import dev.reprise.api.v1.Extraction;
import dev.reprise.api.v1.Track;
import dev.reprise.contract.Json;
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
 * Lets whoever waited for their audio read what they wrote: the outcome comes by the feed, and is
 * answered when the track can be asked for as well, which is some hundred milliseconds later.
 * Thread-safe.
 */
public final class ReadYourWrites {
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Executor SOON = CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS);

  private final Catalogue catalogue;
  private final Forwarding forwarding;
  private final TrackIndex index;

  public ReadYourWrites(Catalogue catalogue, Forwarding forwarding, TrackIndex index) {
    this.catalogue = catalogue;
    this.forwarding = forwarding;
    this.index = index;
  }

  /**
   * The same extraction, when it can be asked for, or after a few seconds all the same. Whoever
   * completes it, the feed or the producer, is not kept: looking takes locks and reads disks.
   */
  CompletableFuture<Extraction> settled(Context ctx, CompletableFuture<Extraction> outcome) {
    return outcome.thenComposeAsync(
        extraction -> settled(ctx, extraction, System.nanoTime() + PATIENCE.toNanos()));
  }

  private CompletableFuture<Extraction> settled(
      Context ctx, Extraction extraction, long deadlineNanos) {
    if (extraction.getStatus().equals("pending") || System.nanoTime() > deadlineNanos) {
      return CompletableFuture.completedFuture(extraction);
    }
    return isKnown(ctx, extraction)
        .exceptionally(failure -> false)
        .thenCompose(
            known ->
                known
                    ? CompletableFuture.completedFuture(extraction)
                    : CompletableFuture.supplyAsync(() -> extraction, SOON)
                        .thenCompose(again -> settled(ctx, again, deadlineNanos)));
  }

  private CompletableFuture<Boolean> isKnown(Context ctx, Extraction extraction) {
    String trackId = extraction.getTrackId();
    if (extraction.hasPrediction() && !index.isPredicted(trackId)) {
      return CompletableFuture.completedFuture(false);
    }
    try {
      Optional<HostInfo> other = forwarding.otherOwner(ctx, trackId);
      return other.isPresent()
          ? forwarding
              .get(ctx, other.get(), "/v1/tracks/" + JsonResponse.segment(trackId))
              .thenApply(answer -> isIn(parse(answer.body()), extraction))
          : CompletableFuture.completedFuture(
              catalogue.track(trackId).filter(track -> isIn(track, extraction)).isPresent());
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

  /** With every clip: they are records of another topic. */
  private static boolean isIn(Track track, Extraction extraction) {
    return extraction.hasPrediction()
        ? track.getPrediction().getExtractionId().equals(extraction.getExtractionId())
            && track.getClipsCount() == track.getPrediction().getClipCount()
        : track.getFailure().getExtractionId().equals(extraction.getExtractionId());
  }
}
