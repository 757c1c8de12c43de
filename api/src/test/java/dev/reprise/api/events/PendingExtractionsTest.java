package dev.reprise.api.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.v1.Extraction;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PendingExtractionsTest {
  private static final Extraction PREDICTED =
      Extraction.newBuilder().setTrackId("2").setStatus("predicted").build();

  private final PendingExtractions pendingExtractions = new PendingExtractions(2);

  @Test
  void completesTheOutcomeOfAnEvent() {
    CompletableFuture<Optional<Extraction>> outcome = await("a");
    pendingExtractions.complete("a", PREDICTED);
    assertThat(outcome).isCompletedWithValue(Optional.of(PREDICTED));
  }

  @Test
  void ignoresOtherEvents() {
    CompletableFuture<Optional<Extraction>> outcome = await("a");
    pendingExtractions.complete("b", PREDICTED);
    pendingExtractions.complete("", PREDICTED);
    assertThat(outcome).isNotDone();
  }

  @Test
  void limitsTheNumberOfWaiters() {
    await("a");
    await("b");
    assertRefused("c");
  }

  @Test
  void completionReleasesTheSlot() {
    await("a");
    await("b");
    pendingExtractions.complete("a", PREDICTED);
    pendingExtractions.complete("a", PREDICTED);
    await("c");
    assertRefused("d");
  }

  @Test
  void cancellationReleasesTheSlot() {
    await("a");
    CompletableFuture<Optional<Extraction>> cancelled = await("b");
    cancelled.cancel(false);
    await("c");
    assertRefused("d");
  }

  private CompletableFuture<Optional<Extraction>> await(String eventId) {
    CompletableFuture<Optional<Extraction>> outcome = pendingExtractions.register(eventId);
    assertThat(outcome).isNotDone();
    return outcome;
  }

  private void assertRefused(String eventId) {
    assertThat(pendingExtractions.register(eventId)).isCompletedWithValue(Optional.empty());
  }
}
