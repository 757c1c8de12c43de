package dev.reprise.api.audio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.catalogue.Catalogue;
import dev.reprise.api.catalogue.UnavailableException;
import dev.reprise.api.tracks.Forwarding;
import dev.reprise.api.v1.Extraction;
import dev.reprise.api.v1.Failure;
import dev.reprise.similarity.index.TrackIndex;
import io.javalin.http.Context;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.streams.state.HostInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadYourWritesTest {
  private static final Extraction FAILED =
      Extraction.newBuilder()
          .setTrackId("2")
          .setStatus("failed")
          .setFailure(Failure.newBuilder().setExtractionId("audio-0-1"))
          .build();

  /** A request of which no method may be called. */
  private static final Context REQUEST =
      (Context)
          Proxy.newProxyInstance(
              Context.class.getClassLoader(),
              new Class<?>[] {Context.class},
              (proxy, method, arguments) -> {
                throw new UnsupportedOperationException(method.getName());
              });

  private final List<Thread> pollers = new CopyOnWriteArrayList<>();

  /** The feed must not be blocked by looking up tracks. */
  @Test
  void pollsOnOtherThreadsThanTheOneThatCompletesTheOutcome(@TempDir Path folder) {
    try (TrackIndex index = TrackIndex.open(folder)) {
      CompletableFuture<Extraction> outcome = new CompletableFuture<>();
      CompletableFuture<Extraction> readable =
          readYourWrites(index).awaitReadable(REQUEST, outcome);
      outcome.complete(FAILED);
      // The track never becomes readable, but the outcome is returned anyway.
      assertThat(readable).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(FAILED);
      assertThat(pollers).hasSizeGreaterThan(2).doesNotContain(Thread.currentThread());
    }
  }

  private ReadYourWrites readYourWrites(TrackIndex index) {
    Forwarding forwarding =
        new Forwarding(
            id -> {
              pollers.add(Thread.currentThread());
              throw new UnavailableException("Not yet.");
            },
            () -> new HostInfo("127.0.0.1", 1),
            Optional.empty());
    return new ReadYourWrites(new Catalogue(Optional::empty), forwarding, index);
  }
}
