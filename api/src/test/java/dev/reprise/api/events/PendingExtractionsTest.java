package dev.reprise.api.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.v1.Extraction;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PendingExtractionsTest {
  private static final Extraction PREDICTED =
      Extraction.newBuilder().setTrackId("2").setStatus("predicted").build();

  private final PendingExtractions pendingExtractions = new PendingExtractions(2);

  @Test
  void completesTheOutcomeOfAnEvent() {
    CompletableFuture<Extraction> outcome = await("a");
    pendingExtractions.complete("a", PREDICTED);
    assertThat(outcome).isCompletedWithValue(PREDICTED);
  }

  @Test
  void ignoresOtherEvents() {
    CompletableFuture<Extraction> outcome = await("a");
    pendingExtractions.complete("b", PREDICTED);
    pendingExtractions.complete("", PREDICTED);
    assertThat(outcome).isNotDone();
  }

  @Test
  void limitsTheNumberOfWaiters() {
    await("a");
    await("b");
    assertThat(pendingExtractions.await("c")).isEmpty();
  }

  @Test
  void completionReleasesTheSlot() {
    await("a");
    await("b");
    pendingExtractions.complete("a", PREDICTED);
    pendingExtractions.complete("a", PREDICTED);
    await("c");
    assertThat(pendingExtractions.await("d")).isEmpty();
  }

  @Test
  void cancellationReleasesTheSlot() {
    await("a");
    CompletableFuture<Extraction> cancelled = await("b");
    cancelled.cancel(false);
    await("c");
    assertThat(pendingExtractions.await("d")).isEmpty();
  }

  private CompletableFuture<Extraction> await(String eventId) {
    return pendingExtractions.await(eventId).orElseThrow();
  }
}
