package dev.reprise.api.http;

import dev.reprise.api.catalogue.Catalogue;
import dev.reprise.api.catalogue.UnavailableException;
import dev.reprise.api.feed.Feed;
import dev.reprise.api.index.ImpossibleQueryException;
import dev.reprise.api.index.TrackIndex;
import dev.reprise.api.index.TrackNotFoundException;
import dev.reprise.api.upload.UploadBudget;
import dev.reprise.api.upload.Uploads;
import dev.reprise.api.v1.Live;
import dev.reprise.contract.Topics;
import io.javalin.http.Handler;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.streams.state.HostInfo;

/**
 * What the answers are made of.
 *
 * @param self how other instances reach this one
 * @param catalogue tracks by id
 * @param index all tracks, for those that are alike
 * @param indexComplete whether the index has all that was there when the instance started
 * @param live what goes on in the same process, where anything does
 * @param version of this build
 */
public record Sources(
    Topics topics,
    Supplier<HostInfo> self,
    Catalogue catalogue,
    TrackIndex index,
    BooleanSupplier indexComplete,
    Feed feed,
    Uploads uploads,
    UploadBudget budget,
    Supplier<Optional<Live>> live,
    String version) {

  /** A handler for each route. */
  Map<Route, Handler> handlers(EventsHandler events, int maxEventReaders) {
    Forwarding forwarding = new Forwarding(catalogue::owner, self);
    AudioFeaturesHandler features = new AudioFeaturesHandler(catalogue, forwarding);
    TracksHandler tracks = new TracksHandler(catalogue, topics);
    SimilarityHandler similarity = new SimilarityHandler(index);
    AudioHandler audio =
        new AudioHandler(
            uploads, budget, feed.outcomes(), new Settling(catalogue, forwarding, index));
    ViewsHandler views =
        new ViewsHandler(
            index, feed.letters(), feed.drift(), live, events::readers, maxEventReaders, version);
    Map<Route, Handler> handlers = new EnumMap<>(Route.class);
    handlers.put(Route.AUDIO_FEATURES, forwarding.byOwner(Route.AUDIO_FEATURES, features::one));
    handlers.put(Route.AUDIO_FEATURES_OF_SEVERAL, features::several);
    handlers.put(Route.TRACK, forwarding.byOwner(Route.TRACK, tracks::track));
    handlers.put(Route.EXTRACTION, forwarding.byOwner(Route.EXTRACTION, tracks::extraction));
    handlers.put(Route.TRACKS, complete(similarity::list));
    handlers.put(Route.SIMILAR, complete(similarity::similar));
    handlers.put(Route.COMPARISON, complete(similarity::comparison));
    handlers.put(Route.AUDIO, audio::submit);
    handlers.put(Route.EVENTS, events::open);
    handlers.put(Route.DEAD_LETTERS, views::deadLetters);
    handlers.put(Route.DRIFT, complete(views::drift));
    handlers.put(Route.STATUS, views::status);
    return handlers;
  }

  /** An answer over all tracks is none while some are missing. */
  private Handler complete(Handler handler) {
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
