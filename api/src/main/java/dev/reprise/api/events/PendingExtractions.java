package dev.reprise.api.events;

import dev.reprise.api.v1.Extraction;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Those who wait for what comes of an audio event, by the event's CloudEvents id, which is carried
 * on to whatever comes of it. Thread-safe.
 */
public final class PendingExtractions {
  private final Semaphore places;
  private final Map<String, CompletableFuture<Extraction>> waiting = new ConcurrentHashMap<>();

  /**
   * @param maxWaiting how many may wait at a time
   */
  public PendingExtractions(int maxWaiting) {
    this.places = new Semaphore(maxWaiting);
  }

  /** Begins to wait, before the event is sent; empty if too many wait already. */
  public Optional<CompletableFuture<Extraction>> await(String eventId) {
    if (!places.tryAcquire()) {
      return Optional.empty();
    }
    CompletableFuture<Extraction> outcome = new CompletableFuture<>();
    waiting.put(eventId, outcome);
    outcome.whenComplete(
        (extraction, failure) -> {
          waiting.remove(eventId);
          places.release();
        });
    return Optional.of(outcome);
  }

  void complete(String eventId, Extraction extraction) {
    CompletableFuture<Extraction> outcome = waiting.get(eventId);
    if (outcome != null) {
      outcome.complete(extraction);
    }
  }
}
