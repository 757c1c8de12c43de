package dev.reprise.api.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.v1.Extraction;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PendingExtractionsTest {
  private static final Extraction PREDICTED =
      Extraction.newBuilder().setTrackId("2").setStatus("predicted").build();

  private final PendingExtractions outcomes = new PendingExtractions(2);

  @Test
  void tellsWhatComesOfAnEvent() {
    CompletableFuture<Extraction> outcome = await("a");
    outcomes.complete("a", PREDICTED);
    assertThat(outcome).isCompletedWithValue(PREDICTED);
  }

  @Test
  void tellsNothingOfOtherEvents() {
    CompletableFuture<Extraction> outcome = await("a");
    outcomes.complete("b", PREDICTED);
    outcomes.complete("", PREDICTED);
    assertThat(outcome).isNotDone();
  }

  @Test
  void letsNoMoreWaitThanThereArePlaces() {
    await("a");
    await("b");
    assertThat(outcomes.await("c")).isEmpty();
  }

  @Test
  void givesThePlaceOnWhenTheOutcomeIsKnown() {
    await("a");
    await("b");
    outcomes.complete("a", PREDICTED);
    outcomes.complete("a", PREDICTED);
    await("c");
    assertThat(outcomes.await("d")).isEmpty();
  }

  @Test
  void givesThePlaceOnWhenNobodyWaitsAnyMore() {
    await("a");
    CompletableFuture<Extraction> given = await("b");
    given.cancel(false);
    await("c");
    assertThat(outcomes.await("d")).isEmpty();
  }

  private CompletableFuture<Extraction> await(String eventId) {
    return outcomes.await(eventId).orElseThrow();
  }
}
