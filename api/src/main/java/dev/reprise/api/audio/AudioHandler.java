package dev.reprise.api.audio;

import dev.reprise.api.catalogue.Extractions;
import dev.reprise.api.events.PendingExtractions;
import dev.reprise.api.http.JsonResponse;
import dev.reprise.api.http.ProblemException;
import dev.reprise.api.http.Problems;
import dev.reprise.api.http.QueryParameters;
import dev.reprise.api.http.RequestParameters;
import dev.reprise.api.v1.Extraction;
import io.javalin.http.Context;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes audio, and sends it on its way as an audio event. */
public final class AudioHandler {
  public static final int MAX_WAIT_SECONDS = 60;
  private static final Pattern WAIT = Pattern.compile("(?:^|[,;\\s])wait=(\\d{1,6})(?:$|[,;\\s])");

  /** Whoever sends more slowly than this keeps nobody out with what is yet to come. */
  private static final Executor SOON = CompletableFuture.delayedExecutor(5, TimeUnit.SECONDS);

  private final Uploads uploads;
  private final UploadBudget budget;
  private final PendingExtractions outcomes;
  private final ReadYourWrites settling;

  public AudioHandler(
      Uploads uploads, UploadBudget budget, PendingExtractions outcomes, ReadYourWrites settling) {
    this.uploads = uploads;
    this.budget = budget;
    this.outcomes = outcomes;
    this.settling = settling;
  }

  public void submit(Context ctx) throws ProblemException, IOException {
    Optional<ProblemException> refusal = AudioBody.refusal(ctx);
    if (refusal.isPresent()) {
      refuse(ctx, refusal.get());
    } else {
      take(ctx);
    }
  }

  /** Answers when the body is out of the way, unless the client waits to be asked for it. */
  private static void refuse(Context ctx, ProblemException refusal)
      throws ProblemException, IOException {
    if (ctx.header("Expect") != null) {
      throw refusal;
    }
    ServletInputStream in = ctx.req().getInputStream();
    ctx.future(() -> BodyReader.discard(in, refusal));
  }

  private void take(Context ctx) throws ProblemException, IOException {
    ServletInputStream in = ctx.req().getInputStream();
    Optional<UploadBudget.Share> reserved =
        budget.reserve(Math.max(0, ctx.req().getContentLengthLong()));
    if (reserved.isEmpty()) {
      refuse(ctx, noRoom());
      return;
    }
    UploadBudget.Share share = reserved.get();
    SOON.execute(share::trim);
    ctx.future(
        () ->
            BodyReader.read(in, AudioBody.limit(ctx), share)
                .thenCompose(bytes -> send(ctx, bytes, share))
                .whenComplete((nothing, failure) -> share.close()));
  }

  private CompletableFuture<Void> send(Context ctx, byte[] bytes, UploadBudget.Share share) {
    try {
      return send(ctx, AudioBody.of(ctx, bytes), share);
    } catch (ProblemException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  static ProblemException noRoom() {
    return ProblemException.unavailable(
        "As much audio is being taken in as there is room for; try again.");
  }

  /** The share is closed when the broker has the event, or does not take it. */
  private CompletableFuture<Void> send(Context ctx, AudioBody body, UploadBudget.Share share)
      throws ProblemException {
    String trackId = trackId(ctx, body);
    String eventId = UUID.randomUUID().toString();
    int waitSeconds = waitSeconds(ctx);
    Optional<CompletableFuture<Extraction>> outcome =
        waitSeconds > 0 ? outcomes.await(eventId) : Optional.empty();
    CompletableFuture<Extraction> extraction =
        send(new Upload(trackId, eventId, body.contentType(), body.value()))
            .whenComplete(
                (place, failure) -> {
                  share.close();
                  if (failure != null) {
                    outcome.ifPresent(it -> it.cancel(false));
                  }
                })
            .thenCompose(place -> outcome(trackId, place, outcome, waitSeconds));
    return settling.settled(ctx, extraction).thenAccept(settled -> answer(ctx, settled));
  }

  /** However sending fails, what was taken for it is given back. */
  private CompletableFuture<String> send(Upload upload) {
    try {
      return uploads.send(upload);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static CompletableFuture<Extraction> outcome(
      String trackId,
      String extractionId,
      Optional<CompletableFuture<Extraction>> outcome,
      int waitSeconds) {
    Extraction pending = Extractions.pending(trackId, extractionId);
    return outcome
        .map(it -> it.completeOnTimeout(pending, waitSeconds, TimeUnit.SECONDS))
        .orElseGet(() -> CompletableFuture.completedFuture(pending));
  }

  /** Where to ask what has come of it. */
  static String location(Extraction extraction) {
    return "/v1/tracks/%s/extractions/%s"
        .formatted(
            JsonResponse.segment(extraction.getTrackId()),
            JsonResponse.segment(extraction.getExtractionId()));
  }

  private static void answer(Context ctx, Extraction extraction) {
    ctx.header("Location", location(extraction));
    if (!extraction.getStatus().equals("pending")) {
      ctx.header("Preference-Applied", "wait");
    }
    if (extraction.hasFailure()) {
      Problems.answer(
          ctx,
          ProblemException.rejected(
              extraction.getFailure().getMessage(), extraction.getFailure().getReason()));
    } else {
      ctx.status(extraction.hasPrediction() ? 200 : 202);
      JsonResponse.json(ctx, extraction);
    }
  }

  private static String trackId(Context ctx, AudioBody body) throws ProblemException {
    Optional<String> ofQuery = QueryParameters.parameter(ctx, "track_id");
    Optional<String> ofForm = body.trackId();
    if (ofQuery.isPresent() && ofForm.isPresent() && !ofQuery.equals(ofForm)) {
      throw ProblemException.badRequest("The form's track_id is another than the address has.");
    }
    String id = ofQuery.or(() -> ofForm).orElseGet(GeneratedId::next);
    if (id.equals(".") || id.equals("..")) {
      throw ProblemException.badRequest(
          "The track id is " + id + ", which no address could ask for.");
    }
    return RequestParameters.requireTrackId(id);
  }

  /** As RFC 7240 has it; a preference that makes no sense is passed over. */
  private static int waitSeconds(Context ctx) {
    String prefer = ctx.header("Prefer");
    Matcher wait = WAIT.matcher(prefer == null ? "" : prefer);
    return wait.find() ? Math.min(MAX_WAIT_SECONDS, Integer.parseInt(wait.group(1))) : 0;
  }
}
