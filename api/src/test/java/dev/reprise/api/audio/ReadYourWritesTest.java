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

  /** A request that nothing is asked of. */
  private static final Context REQUEST =
      (Context)
          Proxy.newProxyInstance(
              Context.class.getClassLoader(),
              new Class<?>[] {Context.class},
              (proxy, method, arguments) -> {
                throw new UnsupportedOperationException(method.getName());
              });

  private final List<Thread> lookers = new CopyOnWriteArrayList<>();

  /** The feed has other things to do than to look for tracks. */
  @Test
  void whoeverCompletesTheOutcomeIsNotKept(@TempDir Path folder) {
    try (TrackIndex index = TrackIndex.open(folder)) {
      CompletableFuture<Extraction> outcome = new CompletableFuture<>();
      CompletableFuture<Extraction> settled = settling(index).settled(REQUEST, outcome);
      outcome.complete(FAILED);
      // Nobody ever finds it, and it is given all the same.
      assertThat(settled).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(FAILED);
      assertThat(lookers).hasSizeGreaterThan(2).doesNotContain(Thread.currentThread());
    }
  }

  private ReadYourWrites settling(TrackIndex index) {
    Forwarding forwarding =
        new Forwarding(
            id -> {
              lookers.add(Thread.currentThread());
              throw new UnavailableException("Not yet.");
            },
            () -> new HostInfo("127.0.0.1", 1));
    return new ReadYourWrites(new Catalogue(Optional::empty), forwarding, index);
  }
}
