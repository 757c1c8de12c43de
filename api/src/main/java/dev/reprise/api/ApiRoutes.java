package dev.reprise.api;

import dev.reprise.api.audio.AudioHandler;
import dev.reprise.api.audio.ReadYourWrites;
import dev.reprise.api.audio.UploadBudget;
import dev.reprise.api.audio.UploadLimits;
import dev.reprise.api.audio.Uploads;
import dev.reprise.api.catalogue.Catalogue;
import dev.reprise.api.catalogue.UnavailableException;
import dev.reprise.api.events.EventFeed;
import dev.reprise.api.events.EventsHandler;
import dev.reprise.api.http.ProblemException;
import dev.reprise.api.http.Route;
import dev.reprise.api.security.ServerCertificate;
import dev.reprise.api.similar.SimilarityHandler;
import dev.reprise.api.status.DriftHandler;
import dev.reprise.api.status.StatusHandler;
import dev.reprise.api.tracks.AudioFeaturesHandler;
import dev.reprise.api.tracks.Forwarding;
import dev.reprise.api.tracks.TracksHandler;
import dev.reprise.api.v1.Live;
import dev.reprise.contract.Topics;
import dev.reprise.similarity.index.ImpossibleQueryException;
import dev.reprise.similarity.index.TrackIndex;
import dev.reprise.similarity.index.TrackNotFoundException;
import io.javalin.http.Handler;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.streams.state.HostInfo;

/**
 * Dependencies and factory of the handlers of the API's routes.
 *
 * @param self the address at which other instances reach this one
 * @param certificate of the instances' servers, if they use TLS
 * @param catalogue tracks by id
 * @param index all tracks, for similarity searches
 * @param indexComplete whether the index has all tracks that existed when the instance started
 * @param limits of uploads
 * @param live totals of the services in this process, if there are any
 * @param version version of this build
 */
record ApiRoutes(
    Topics topics,
    Supplier<HostInfo> self,
    Optional<ServerCertificate> certificate,
    Catalogue catalogue,
    TrackIndex index,
    BooleanSupplier indexComplete,
    EventFeed feed,
    Uploads uploads,
    UploadBudget budget,
    UploadLimits limits,
    Supplier<Optional<Live>> live,
    String version) {

  Map<Route, Handler> handlers(EventsHandler events, int maxEventReaders) {
    Forwarding forwarding =
        new Forwarding(catalogue::owner, self, certificate.map(ServerCertificate::clientContext));
    AudioFeaturesHandler features = new AudioFeaturesHandler(catalogue, forwarding);
    TracksHandler tracks = new TracksHandler(catalogue, topics);
    SimilarityHandler similarity = new SimilarityHandler(index);
    AudioHandler audio =
        new AudioHandler(
            uploads,
            budget,
            limits,
            feed.pendingExtractions(),
            new ReadYourWrites(catalogue, forwarding, index));
    StatusHandler status =
        new StatusHandler(
            index,
            feed.deadLetters(),
            live,
            events::readers,
            maxEventReaders,
            limits.maxBytes(),
            version);
    DriftHandler drift = new DriftHandler(index, feed.drift());
    Map<Route, Handler> handlers = new EnumMap<>(Route.class);
    handlers.put(Route.AUDIO_FEATURES, forwarding.byOwner(Route.AUDIO_FEATURES, features::one));
    handlers.put(Route.AUDIO_FEATURES_OF_SEVERAL, features::several);
    handlers.put(Route.TRACK, forwarding.byOwner(Route.TRACK, tracks::track));
    handlers.put(Route.EXTRACTION, forwarding.byOwner(Route.EXTRACTION, tracks::extraction));
    handlers.put(Route.TRACKS, withIndex(similarity::list));
    handlers.put(Route.SIMILAR, withIndex(similarity::similar));
    handlers.put(Route.COMPARISON, withIndex(similarity::comparison));
    handlers.put(Route.AUDIO, audio::submit);
    handlers.put(Route.EVENTS, events::open);
    handlers.put(Route.DEAD_LETTERS, status::deadLetters);
    handlers.put(Route.DRIFT, withIndex(drift::drift));
    handlers.put(Route.STATUS, status::status);
    return handlers;
  }

  /** Responds 503 until the index has been built. */
  private Handler withIndex(Handler handler) {
    return ctx -> {
      if (!indexComplete.getAsBoolean()) {
        throw new UnavailableException("The index of tracks is being built.");
      }
      try {
        handler.handle(ctx);
      } catch (TrackNotFoundException e) {
        throw ProblemException.notFound(String.valueOf(e.getMessage()));
      } catch (ImpossibleQueryException e) {
        throw ProblemException.badRequest(String.valueOf(e.getMessage()));
      }
    };
  }
}
