package dev.reprise.api.events;

import dev.reprise.api.v1.Extraction;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Tracks requests waiting for an outcome, keyed by CloudEvents id, which the event's prediction and
 * dead letter carry as well. Thread-safe.
 */
public final class PendingExtractions {
  private final Semaphore permits;
  private final Map<String, CompletableFuture<Optional<Extraction>>> waiting =
      new ConcurrentHashMap<>();

  /**
   * @param maxWaiting largest number of requests that may wait concurrently
   */
  public PendingExtractions(int maxWaiting) {
    this.permits = new Semaphore(maxWaiting);
  }

  /**
   * Registers for the outcome of an event that is about to be sent.
   *
   * @return the outcome; completed as empty if too many requests wait. The caller completes it to
   *     stop waiting
   */
  public CompletableFuture<Optional<Extraction>> register(String eventId) {
    if (!permits.tryAcquire()) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    CompletableFuture<Optional<Extraction>> outcome = new CompletableFuture<>();
    waiting.put(eventId, outcome);
    outcome.whenComplete(
        (extraction, failure) -> {
          waiting.remove(eventId);
          permits.release();
        });
    return outcome;
  }

  /** Completes the outcome of an event, if a request waits for it. */
  void complete(String eventId, Extraction extraction) {
    CompletableFuture<Optional<Extraction>> outcome = waiting.get(eventId);
    if (outcome != null) {
      outcome.complete(Optional.of(extraction));
    }
  }
}
