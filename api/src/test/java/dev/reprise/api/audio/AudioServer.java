package dev.reprise.api.audio;

import dev.reprise.api.catalogue.Catalogue;
import dev.reprise.api.events.PendingExtractions;
import dev.reprise.api.http.Problems;
import dev.reprise.api.tracks.Forwarding;
import dev.reprise.contract.Topics;
import dev.reprise.runtime.KafkaSettings;
import dev.reprise.similarity.index.TrackIndex;
import io.javalin.Javalin;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.streams.state.HostInfo;

/** A server for uploads only, whose producer is closed, so that every upload fails at last. */
final class AudioServer implements AutoCloseable {
  private final TrackIndex index;
  private final Javalin server;

  /**
   * @param folder for the index, which stays empty
   */
  AudioServer(Path folder, UploadBudget budget, UploadLimits limits, PendingExtractions pending) {
    Uploads closed =
        new Uploads(
            new KafkaSettings(Map.of("bootstrap.servers", "127.0.0.1:9"), Topics.defaults()),
            1 << 20);
    closed.close();
    index = TrackIndex.open(folder);
    Catalogue catalogue = new Catalogue(Optional::empty);
    Forwarding forwarding =
        new Forwarding(catalogue::owner, () -> new HostInfo("127.0.0.1", 8080), Optional.empty());
    AudioHandler handler =
        new AudioHandler(
            closed, budget, limits, pending, new ReadYourWrites(catalogue, forwarding, index));
    server =
        Javalin.create(
                javalin -> {
                  javalin.startup.showJavalinBanner = false;
                  javalin.routes.post("/v1/audio", handler::submit);
                  Problems.handle(javalin.routes);
                })
            .start("127.0.0.1", 0);
  }

  int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.stop();
    index.close();
  }
}
