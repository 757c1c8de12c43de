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

/** Handler of uploads: produces an audio event, and waits for its outcome on request. */
public final class AudioHandler {
  public static final int MAX_WAIT_SECONDS = 60;
  private static final Pattern WAIT = Pattern.compile("(?:^|[,;\\s])wait=(\\d{1,6})(?:$|[,;\\s])");

  /** Releases the unused reservation of slow uploads after 5 s. */
  private static final Executor TRIM_DELAY = CompletableFuture.delayedExecutor(5, TimeUnit.SECONDS);

  private final Uploads uploads;
  private final UploadBudget budget;
  private final UploadLimits limits;
  private final PendingExtractions pendingExtractions;
  private final ReadYourWrites readYourWrites;

  /**
   * An audio event acknowledged by the broker, and its outcome: empty if the request does not wait.
   */
  private record Submission(Extraction pending, CompletableFuture<Optional<Extraction>> outcome) {}

  public AudioHandler(
      Uploads uploads,
      UploadBudget budget,
      UploadLimits limits,
      PendingExtractions pendingExtractions,
      ReadYourWrites readYourWrites) {
    this.uploads = uploads;
    this.budget = budget;
    this.limits = limits;
    this.pendingExtractions = pendingExtractions;
    this.readYourWrites = readYourWrites;
  }

  public void submit(Context ctx) throws ProblemException, IOException {
    Optional<String> trackId;
    try {
      AudioBody.requireAcceptable(ctx, limits);
      trackId = trackIdInQuery(ctx);
    } catch (ProblemException e) {
      refuse(ctx, e);
      return;
    }
    accept(ctx, trackId);
  }

  /** Responds when the body has been discarded, or at once if the client expects 100 Continue. */
  private void refuse(Context ctx, ProblemException refusal) throws ProblemException, IOException {
    if (ctx.header("Expect") != null) {
      throw refusal;
    }
    ServletInputStream in = ctx.req().getInputStream();
    ctx.future(() -> BodyReader.discard(in, refusal, limits.maxBodyBytes()));
  }

  private void accept(Context ctx, Optional<String> trackId) throws ProblemException, IOException {
    ServletInputStream in = ctx.req().getInputStream();
    Optional<UploadBudget.Share> reserved = budget.reserve(bytesInMemory(ctx));
    if (reserved.isEmpty()) {
      refuse(ctx, budgetExhausted());
      return;
    }
    UploadBudget.Share share = reserved.get();
    BodySink<AudioBody> sink;
    try {
      sink = AudioBody.sink(ctx, limits, share);
    } catch (ProblemException e) {
      share.close();
      refuse(ctx, e);
      return;
    }
    TRIM_DELAY.execute(share::trim);
    ctx.future(() -> process(ctx, trackId, in, sink, share));
  }

  private static long bytesInMemory(Context ctx) {
    return AudioBody.isForSpool(ctx) ? 0 : Math.max(0, ctx.req().getContentLengthLong());
  }

  /**
   * Reads a body, produces its audio event and responds. Closes the share when the broker has
   * acknowledged the event or an earlier step has failed: waiting for the outcome takes none of the
   * budget.
   */
  private CompletableFuture<Void> process(
      Context ctx,
      Optional<String> trackId,
      ServletInputStream in,
      BodySink<AudioBody> sink,
      UploadBudget.Share share) {
    int waitSeconds = waitSeconds(ctx);
    CompletableFuture<Extraction> extraction =
        BodyReader.read(in, AudioBody.limit(ctx, limits), sink)
            .thenCompose(body -> submit(trackId, body, waitSeconds))
            .whenComplete((submission, failure) -> share.close())
            .thenCompose(submission -> awaitOutcome(submission, waitSeconds));
    return readYourWrites
        .awaitReadable(ctx, extraction)
        .thenAccept(readable -> respond(ctx, readable));
  }

  /** Submits the event of a body. If that fails, its audio is deleted from the spool. */
  private CompletableFuture<Submission> submit(
      Optional<String> inQuery, AudioBody body, int waitSeconds) {
    CompletableFuture<Submission> submission;
    try {
      String eventId = UUID.randomUUID().toString();
      submission = produce(Upload.of(trackId(inQuery, body.trackId()), eventId, body), waitSeconds);
    } catch (ProblemException | RuntimeException e) {
      submission = CompletableFuture.failedFuture(e);
    }
    return submission.whenComplete(
        (sent, failure) -> {
          if (failure != null && body.audio() instanceof ReceivedAudio.InSpool spooled) {
            limits.spool().orElseThrow().delete(spooled.name());
          }
        });
  }

  static ProblemException budgetExhausted() {
    return ProblemException.unavailable("The server's memory for uploads is full; try again.");
  }

  /** Registers for the outcome before the event is sent; unregisters if sending fails. */
  private CompletableFuture<Submission> produce(Upload upload, int waitSeconds) {
    CompletableFuture<Optional<Extraction>> outcome =
        waitSeconds > 0
            ? pendingExtractions.register(upload.eventId())
            : CompletableFuture.completedFuture(Optional.empty());
    return send(upload)
        .whenComplete(
            (id, failure) -> {
              if (failure != null) {
                outcome.cancel(false);
              }
            })
        .thenApply(id -> new Submission(Extractions.pending(upload.trackId(), id), outcome));
  }

  /** Turns an exception of the producer into a failed future. */
  private CompletableFuture<String> send(Upload upload) {
    try {
      return uploads.send(upload);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Returns the outcome, or the pending extraction on timeout, or immediately if the client does
   * not wait.
   */
  private static CompletableFuture<Extraction> awaitOutcome(
      Submission submission, int waitSeconds) {
    return submission
        .outcome()
        .completeOnTimeout(Optional.empty(), waitSeconds, TimeUnit.SECONDS)
        .thenApply(outcome -> outcome.orElse(submission.pending()));
  }

  /** Returns the path of the extraction. */
  static String location(Extraction extraction) {
    return "/v1/tracks/%s/extractions/%s"
        .formatted(
            JsonResponse.segment(extraction.getTrackId()),
            JsonResponse.segment(extraction.getExtractionId()));
  }

  private static void respond(Context ctx, Extraction extraction) {
    ctx.header("Location", location(extraction));
    if (!extraction.getStatus().equals("pending")) {
      ctx.header("Preference-Applied", "wait");
    }
    if (extraction.hasFailure()) {
      Problems.respond(
          ctx,
          ProblemException.rejected(
              extraction.getFailure().getMessage(), extraction.getFailure().getReason()));
    } else {
      ctx.status(extraction.hasPrediction() ? 200 : 202);
      JsonResponse.json(ctx, extraction);
    }
  }

  private static Optional<String> trackIdInQuery(Context ctx) throws ProblemException {
    Optional<String> id = QueryParameters.parameter(ctx, "track_id");
    if (id.isPresent()) {
      requireTrackId(id.get());
    }
    return id;
  }

  private static String trackId(Optional<String> inQuery, Optional<String> inForm)
      throws ProblemException {
    if (inQuery.isPresent() && inForm.isPresent() && !inQuery.equals(inForm)) {
      throw ProblemException.badRequest("The form's track_id differs from the query's.");
    }
    return requireTrackId(inQuery.or(() -> inForm).orElseGet(GeneratedId::next));
  }

  private static String requireTrackId(String id) throws ProblemException {
    if (id.equals(".") || id.equals("..")) {
      throw ProblemException.badRequest(
          "The track id is " + id + ", which no URL path can contain.");
    }
    return RequestParameters.requireTrackId(id);
  }

  /** Returns the {@code wait} preference (RFC 7240), at most 60; 0 without a valid one. */
  private static int waitSeconds(Context ctx) {
    String prefer = ctx.header("Prefer");
    Matcher wait = WAIT.matcher(prefer == null ? "" : prefer);
    return wait.find() ? Math.min(MAX_WAIT_SECONDS, Integer.parseInt(wait.group(1))) : 0;
  }
}
