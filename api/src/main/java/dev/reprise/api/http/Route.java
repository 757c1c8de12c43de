package dev.reprise.api.http;

import io.javalin.http.HandlerType;

/** The routes of the API; openapi.yaml describes each. */
public enum Route {
  AUDIO_FEATURES_OF_SEVERAL(HandlerType.GET, "/v1/audio-features"),
  AUDIO_FEATURES(HandlerType.GET, "/v1/audio-features/{id}"),
  TRACKS(HandlerType.GET, "/v1/tracks"),
  TRACK(HandlerType.GET, "/v1/tracks/{id}"),
  SIMILAR(HandlerType.GET, "/v1/tracks/{id}/similar"),
  COMPARISON(HandlerType.GET, "/v1/tracks/{id}/similar/comparison"),
  EXTRACTION(HandlerType.GET, "/v1/tracks/{id}/extractions/{extraction}"),
  AUDIO(HandlerType.POST, "/v1/audio"),
  EVENTS(HandlerType.GET, "/v1/events"),
  DEAD_LETTERS(HandlerType.GET, "/v1/dead-letters"),
  DRIFT(HandlerType.GET, "/v1/drift"),
  STATUS(HandlerType.GET, "/v1/status");

  private final HandlerType method;
  private final String path;

  Route(HandlerType method, String path) {
    this.method = method;
    this.path = path;
  }

  public HandlerType method() {
    return method;
  }

  public String path() {
    return path;
  }
}
