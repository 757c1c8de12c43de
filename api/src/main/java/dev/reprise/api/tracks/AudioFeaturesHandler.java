package dev.reprise.api.tracks;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import dev.reprise.api.catalogue.Catalogue;
import dev.reprise.api.catalogue.UnavailableException;
import dev.reprise.api.http.JsonResponse;
import dev.reprise.api.http.ProblemException;
import dev.reprise.api.http.QueryParameters;
import dev.reprise.api.http.RequestParameters;
import dev.reprise.api.http.Route;
import dev.reprise.api.v1.SpotifyAudioFeatures;
import dev.reprise.contract.Json;
import dev.reprise.contract.v1.AudioFeatures;
import dev.reprise.contract.v1.Prediction;
import io.javalin.http.Context;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.apache.kafka.streams.state.HostInfo;

/** Handler of predictions in the shape of Spotify's audio features. */
public final class AudioFeaturesHandler {
  public static final int MAX_IDS = 100;

  private final Catalogue catalogue;
  private final Forwarding forwarding;

  public AudioFeaturesHandler(Catalogue catalogue, Forwarding forwarding) {
    this.catalogue = catalogue;
    this.forwarding = forwarding;
  }

  /** Responds with the prediction of one track. */
  public void one(Context ctx) throws ProblemException, UnavailableException {
    String id = RequestParameters.trackId(ctx);
    Prediction prediction =
        catalogue
            .prediction(id)
            .orElseThrow(() -> ProblemException.notFound("No prediction for this track."));
    JsonResponse.json(ctx, toSpotify(ctx, prediction));
  }

  /** Responds in the order of the ids, with null for an unknown track, as Spotify does. */
  public void several(Context ctx) throws ProblemException, UnavailableException {
    List<String> ids = parseIds(ctx);
    Map<String, String> known = new HashMap<>();
    Map<HostInfo, List<String>> elsewhere = new LinkedHashMap<>();
    for (String id : ids) {
      Optional<HostInfo> other = forwarding.otherOwner(ctx, id);
      if (other.isPresent()) {
        elsewhere.computeIfAbsent(other.get(), owner -> new ArrayList<>()).add(id);
      } else {
        catalogue
            .prediction(id)
            .ifPresent(prediction -> known.put(id, Json.print(toSpotify(ctx, prediction))));
      }
    }
    if (elsewhere.isEmpty()) {
      respond(ctx, ids, known);
    } else {
      ctx.future(() -> fetch(ctx, elsewhere, known).thenRun(() -> respond(ctx, ids, known)));
    }
  }

  private static List<String> parseIds(Context ctx) throws ProblemException {
    String text = QueryParameters.parameter(ctx, "ids").orElse("");
    List<String> ids = text.isEmpty() ? List.of() : List.of(text.split(",", -1));
    if (ids.isEmpty() || ids.size() > MAX_IDS) {
      throw ProblemException.badRequest(
          "The parameter ids must be 1 to " + MAX_IDS + " comma-separated track ids.");
    }
    for (String id : ids) {
      RequestParameters.requireTrackId(id);
    }
    return ids;
  }

  private CompletableFuture<Void> fetch(
      Context ctx, Map<HostInfo, List<String>> elsewhere, Map<String, String> known) {
    List<CompletableFuture<Void>> requests = new ArrayList<>();
    elsewhere.forEach(
        (owner, ids) -> {
          String path =
              Route.AUDIO_FEATURES_OF_SEVERAL.path()
                  + "?ids="
                  + ids.stream().map(JsonResponse::segment).collect(Collectors.joining(","));
          requests.add(
              forwarding
                  .get(ctx, owner, path)
                  .thenAccept(
                      response -> {
                        synchronized (known) {
                          known.putAll(parse(response, ids));
                        }
                      }));
        });
    return CompletableFuture.allOf(requests.toArray(CompletableFuture[]::new));
  }

  private static Map<String, String> parse(HttpResponse<byte[]> response, List<String> ids) {
    if (response.statusCode() != 200) {
      throw new CompletionException(
          new UnavailableException("The instance that owns one of the tracks cannot respond."));
    }
    List<JsonElement> elements =
        JsonParser.parseString(new String(response.body(), StandardCharsets.UTF_8))
            .getAsJsonObject()
            .getAsJsonArray("audio_features")
            .asList();
    Map<String, String> known = new HashMap<>();
    for (int i = 0; i < ids.size(); i++) {
      if (!elements.get(i).isJsonNull()) {
        known.put(ids.get(i), elements.get(i).toString());
      }
    }
    return known;
  }

  private static void respond(Context ctx, List<String> ids, Map<String, String> known) {
    JsonResponse.json(
        ctx,
        ids.stream()
            .map(id -> known.getOrDefault(id, "null"))
            .collect(Collectors.joining(",", "{\"audio_features\":[", "]}")));
  }

  private static SpotifyAudioFeatures toSpotify(Context ctx, Prediction prediction) {
    AudioFeatures features = prediction.getFeatures();
    String id = prediction.getTrackId();
    return SpotifyAudioFeatures.newBuilder()
        .setAcousticness(features.getAcousticness())
        .setDanceability(features.getDanceability())
        .setDurationMs(
            (int) Math.min(Integer.MAX_VALUE, Math.round(prediction.getDurationSeconds() * 1000)))
        .setEnergy(features.getEnergy())
        .setId(id)
        .setInstrumentalness(features.getInstrumentalness())
        .setLiveness(features.getLiveness())
        .setSpeechiness(features.getSpeechiness())
        .setTempo(features.getTempo())
        .setTrackHref(Forwarding.baseUrl(ctx) + "/v1/tracks/" + JsonResponse.segment(id))
        .setType("audio_features")
        .setUri("reprise:track:" + id)
        .setValence(features.getValence())
        .build();
  }
}
